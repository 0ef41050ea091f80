// Training with fixed parameters is behind this; it is a dozen times as fast as the search for the best ones.
#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>
