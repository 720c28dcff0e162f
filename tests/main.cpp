// Catch2's main(), alone in this file, as it takes the longest of all to compile.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
