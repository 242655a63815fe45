using System.Runtime.CompilerServices;
using Keelson.Linux;

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
        // First of all: what another launch has open in this process is not for this child, which may hang and would keep
        // that launch's pipes from ending. Where the call is missing, the plan's own close_range says so.
        for (FdRange* range = control->Foreign; range->First != 0; range++)
        {
            syscall(control->CloseRangeNumber, range->First, range->Last, 0, 0, 0, 0);
        }

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
            else if (op->Number == LaunchOp.MakePath)
            {
                // One name at a time: rest is what is still to go, at the directory reached, walked its path without
                // links. What is opened is a single name below at, or walked below the root, never through a link.
                PathCalls* calls = (PathCalls*)a3;
                byte* rest = control->Room;
                byte* spare = rest + PathCalls.RoomBytes;
                byte* walked = spare + PathCalls.RoomBytes;
                byte* filled = rest;
                long used = 0;
                while (((byte*)a1)[used] != 0 && used < PathCalls.RoomBytes - 1)
                {
                    rest[used] = ((byte*)a1)[used];
                    used++;
                }

                rest[used] = 0;
                walked[0] = (byte)'.';
                used = 1;
                long at = -1;
                long links = 0;
                result = -1;
                while (result < 0 && failure == 0)
                {
                    if (at < 0)
                    {
                        // At the start, after "..", and after a link to "/".
                        walked[used] = 0;
                        at = syscall(calls->OpenAt2, a0, (long)walked, (long)&calls->How, PathCalls.HowBytes, 0, 0);
                        if (at < 0)
                        {
                            failure = *errno;
                            continue;
                        }
                    }

                    while (*rest == '/')
                    {
                        rest++;
                    }

                    if (*rest == 0)
                    {
                        result = at;
                        continue;
                    }

                    byte* end = rest;
                    while (*end != 0 && *end != '/')
                    {
                        end++;
                    }

                    byte* after = end;
                    while (*after == '/')
                    {
                        after++;
                    }

                    *end = 0;
                    long length = end - rest;
                    if (length == 1 && rest[0] == '.')
                    {
                        rest = after;
                        continue;
                    }

                    if (length == 2 && rest[0] == '.' && rest[1] == '.')
                    {
                        // The path gets shorter by a name, and at "." stays: the root is its own parent.
                        while (used > 1 && walked[--used] != '/')
                        {
                        }

                        syscall(calls->Close, at, 0, 0, 0, 0, 0);
                        at = -1;
                        rest = after;
                        continue;
                    }

                    long count = syscall(calls->ReadLinkAt, at, (long)rest, (long)spare, PathCalls.RoomBytes - 2, 0, 0);
                    if (count >= 0)
                    {
                        // A link: its text, a slash, and what follows it are what is to go now.
                        spare[count++] = (byte)'/';
                        while (*after != 0 && count < PathCalls.RoomBytes - 1)
                        {
                            spare[count++] = *after++;
                        }

                        spare[count] = 0;
                        failure = links == a4 ? (long)Errno.ELOOP : *after != 0 ? (long)Errno.ENAMETOOLONG : 0;
                        links++;
                        rest = spare;
                        spare = filled;
                        filled = rest;
                        if (*rest == '/')
                        {
                            syscall(calls->Close, at, 0, 0, 0, 0, 0);
                            at = -1;
                            used = 1;
                        }

                        continue;
                    }

                    // EINVAL: it is there, and no link.
                    failure = *errno == (int)Errno.EINVAL ? 0 : *errno;
                    if (failure == (int)Errno.ENOENT)
                    {
                        // EEXIST: somebody was faster, in a volume that two containers share.
                        bool file = a2 != 0 && *after == 0;
                        failure = syscall(file ? calls->MkNodAt : calls->MkDirAt, at, (long)rest, file ? a2 : PathCalls.DirectoryMode, 0, 0, 0) < 0 && *errno != (int)Errno.EEXIST
                            ? *errno
                            : 0;
                    }

                    if (failure == 0 && used + length + 2 > PathCalls.RoomBytes)
                    {
                        failure = (int)Errno.ENAMETOOLONG;
                    }

                    if (failure != 0)
                    {
                        continue;
                    }

                    long inner = syscall(calls->OpenAt2, at, (long)rest, (long)&calls->How, PathCalls.HowBytes, 0, 0);
                    if (inner < 0)
                    {
                        failure = *errno;
                        continue;
                    }

                    syscall(calls->Close, at, 0, 0, 0, 0, 0);
                    at = inner;
                    walked[used++] = (byte)'/';
                    while (*rest != 0)
                    {
                        walked[used++] = *rest++;
                    }

                    rest = after;
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
