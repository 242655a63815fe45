using System.Runtime.CompilerServices;

namespace Keelson.Oci.Launch.Engine;

// ======================================================================================================================
//  THE AFTER-CLONE ZONE
//
//  From the return of clone3 in the child to its execve this method runs in a copy of a process whose other threads
//  are gone: the garbage collector may have been about to stop the world, and any lock of the runtime, of malloc or of
//  the loader may be held for ever by a thread that does not exist here. So:
//
//   1. Nothing but locals, the shared plan, and calls through the one function pointer to libc's syscall().
//   2. No allocation, no static with an initialiser, no generic, no other managed method, no P/Invoke, nothing that
//      can throw (pointers, not arrays or spans; no division, no checked arithmetic), no stackalloc, and no return.
//   3. The pointer has the MANAGED calling convention. Integer arguments of a managed call travel as the C ABI's do on
//      x86-64 and arm64, and the compiler puts no garbage collection poll after it. SuppressGCTransition pointers do
//      get one, and a child cloned while a collection was starting then waits for ever (5 of 100 launches under load).
//   4. NoInlining and AggressiveOptimization: one compiled body, no tiering, no on-stack replacement, no call counter.
//      The method runs once in the parent (WarmUp) before the first clone, so that nothing is compiled in the child.
//
//  docs/adr/0001-launch-engine.md has the measurements. LaunchUnderGcTests and GcPollTests guard these rules.
// ======================================================================================================================
internal static unsafe class AfterClone
{
    /// <summary>
    /// Clones and, in the child, runs the plan. In the parent the result is the child's pid, or minus errno.
    /// </summary>
    /// <param name="syscall">libc's syscall().</param>
    /// <param name="errno">This thread's errno: the same address in the child, which has a copy of the thread.</param>
    /// <param name="control">Everything else, in memory shared with the child.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static long CloneAndRun(delegate*<long, long, long, long, long, long, long, long> syscall, int* errno, PlanControl* control)
    {
        long pid = syscall(control->CloneNumber, control->CloneArgs, control->CloneArgsSize, 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid < 0 ? -(long)*errno : pid;
        }

        // ---- child ----
        LaunchOp* ops = control->Ops;
        long* slots = control->Slots;
        long next = 0;
        while (true)
        {
            LaunchOp* op = ops + next;
            slots[PlanSlots.CurrentOp] = next;

            uint mask = op->SlotMask;
            long a0 = (mask & 1) != 0 ? slots[op->Arg0] : op->Arg0;
            long a1 = (mask & 2) != 0 ? slots[op->Arg1] : op->Arg1;
            long a2 = (mask & 4) != 0 ? slots[op->Arg2] : op->Arg2;
            long a3 = (mask & 8) != 0 ? slots[op->Arg3] : op->Arg3;
            long a4 = (mask & 16) != 0 ? slots[op->Arg4] : op->Arg4;
            long a5 = (mask & 32) != 0 ? slots[op->Arg5] : op->Arg5;

            long result;
            long failure = 0;
            if (op->Number == LaunchOp.Compare)
            {
                result = 1;
                if ((*(long*)a0 & a1) != a2)
                {
                    result = -1;
                    failure = a3;
                }
            }
            else
            {
                result = syscall(op->Number, a0, a1, a2, a3, a4, a5);
                if (result == -1)
                {
                    failure = *errno;
                }
            }

            if (failure != 0)
            {
                // Byte by byte: is this errno, or any errno, among the tolerated?
                uint tolerated = op->Tolerated;
                bool goOn = false;
                while (tolerated != 0)
                {
                    uint candidate = tolerated & 0xff;
                    goOn |= candidate == (uint)failure || candidate == LaunchOp.AnyErrno;
                    tolerated >>= 8;
                }

                if (goOn)
                {
                    next += op->JumpError;
                    continue;
                }
            }

            if (failure != 0 || ((op->Flags & LaunchOpFlags.WholeCount) != 0 && result < a2))
            {
                slots[PlanSlots.FailedErrno] = failure;
                slots[PlanSlots.FailedOp] = next + 1;
                while (true)
                {
                    syscall(control->ExitGroupNumber, 127, 0, 0, 0, 0, 0);
                }
            }

            if (op->OutSlot != LaunchOp.NoSlot)
            {
                slots[op->OutSlot] = result;
            }

            next += result == 0 ? op->JumpZero : op->JumpOk;
        }
    }
}
