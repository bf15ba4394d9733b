/* A table that ends after its first two fields, as the symbol's only content. */
#include <stdint.h>
const uint32_t hark_plugin_v1[2] = {8, 0};
