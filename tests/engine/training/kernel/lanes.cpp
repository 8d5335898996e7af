// Behind a kernel's source: its lanes one after the other on a CPU, each up to where all meet; from the last to the
// first of them where they take turns `backwards`, so that it shows if one of them does not wait for another.
#include <ucontext.h>

static ucontext_t contexts[LANES], caller;
static char stacks[LANES][1 << 18];
static double slots[LANES];
alignas(16) static char shared[MEMORY];
static const Given* given;
static unsigned current, replica, running;

DEVICE void meet() { swapcontext(&contexts[current], &caller); }

template <int COUNT, class Fold, class T>
DEVICE T across(T total, unsigned lane) {
  for (int distance = COUNT / 2; distance; distance /= 2) {
    meet();
    slots[lane] = total;
    meet();
    total = Fold().join(total, T(slots[lane ^ distance]));
  }
  return total;
}

static void one_lane() {
  replica_steps(*given, replica, current, shared);
  --running;
}

extern "C" int steps(const Given* what, int backwards) {
  given = what;
  for (replica = 0; replica < (unsigned)given->replica_count; ++replica) {
    for (unsigned lane = 0; lane < LANES; ++lane) {
      getcontext(&contexts[lane]);
      contexts[lane].uc_stack = {stacks[lane], 0, sizeof stacks[lane]};
      contexts[lane].uc_link = &caller;
      makecontext(&contexts[lane], one_lane, 0);
    }
    for (running = LANES; running;) {
      if (running != LANES) return 1;  // some have ended, and others wait for them
      for (unsigned turn = 0; turn < LANES; ++turn) {
        current = backwards ? LANES - 1 - turn : turn;
        swapcontext(&caller, &contexts[current]);
      }
    }
  }
  return 0;
}
