// Work shared among threads.
#include "base/parallel.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>

TEST_CASE("a pool does each task of every round once, awake or asleep", "[parallel]") {
  for (const unsigned threads : {1u, 2u, 7u})
    for (const std::size_t tasks : {std::size_t{1}, std::size_t{3}, std::size_t{20}}) {
      CAPTURE(threads, tasks);
      moe::ThreadPool pool(threads, tasks);
      std::vector<std::atomic<int>> done(tasks);
      for (int round = 1; round <= 3000; ++round) {
        if (round % 1000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        pool.run([&](std::size_t task) { ++done[task]; });
        for (const std::atomic<int>& count : done) REQUIRE(count == round);
      }
    }
}

TEST_CASE("a pool throws what a task has thrown, and goes on", "[parallel]") {
  moe::ThreadPool pool(3, 5);
  for (int round = 0; round < 100; ++round) {
    CHECK_THROWS_WITH(pool.run([](std::size_t task) {
      if (task == 3) throw std::runtime_error("the third");
      if (task == 4) throw std::runtime_error("the fourth");
    }),
                      "the third");
    std::atomic<int> done = 0;
    pool.run([&](std::size_t) { ++done; });
    CHECK(done == 5);
  }
}
