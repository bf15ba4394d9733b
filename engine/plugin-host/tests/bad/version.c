/* Made for a host that does not exist yet. */
#include <stdint.h>
const uint32_t hark_plugin_v2[64] = {256, 0};
