// The mode of the GIL in delays, switched by another process.
#include <gtest/gtest.h>

#include "core/cpython.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

// The other thread gets the GIL only while a delay releases it: no thread requests it before the
// switch interval has passed.
TEST(GilSwitch, DelaysReleaseTheGilWhenAnotherProcessSwitchesThat) {
  if (kIsFreeThreaded) GTEST_SKIP() << "there is no GIL";
  InterpreterOptions options;
  options.delay_ns = 1'000'000;
  Interpreter python("tested:f", options);
  python.Run(R"py(
import sys, threading, time
sys.setswitchinterval(100)
def f(): pass
steps, is_over = 0, False
def work():
    global steps
    while not is_over:
        steps += 1
        time.sleep(0)
def steps_in_delays(calls):
    before = steps
    while steps == before and calls > 0:
        f()
        calls -= 1
    return steps - before
thread = threading.Thread(target=work)
thread.start()
while steps == 0: time.sleep(0.001)
held = steps_in_delays(20)
)py");
  EXPECT_EQ(python.Value("held"), 0);
  python.SetReleasesGil(true);
  python.Run("released = steps_in_delays(2_000)");
  EXPECT_GT(python.Value("released"), 0);
  python.SetReleasesGil(false);
  python.Run("held_again = steps_in_delays(20)\nis_over = True\nthread.join()");
  EXPECT_EQ(python.Value("held_again"), 0);
}

}  // namespace
}  // namespace pyslow::core
