//! The families of the table's models, with parameters that the table has not.
