// Catch2 itself, alone in this file: it is the slowest of all to compile.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
