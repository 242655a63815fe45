namespace Keelson.Oci.Launch.Engine;

/// <summary>Slots with a meaning fixed between compiler and engine.</summary>
internal static class PlanSlots
{
    internal const ushort Stdin = 0;
    internal const ushort Stdout = 1;
    internal const ushort Stderr = 2;

    /// <summary>pidfd of the process whose namespaces are joined.</summary>
    internal const ushort Target = 3;

    /// <summary>Slots from 0 on that hold descriptors.</summary>
    internal const int Descriptors = 4;

    /// <summary>Made non-zero by the step before execve: the only proof that the end of the pipe means success.</summary>
    internal const ushort Marker = 4;

    /// <summary>Index of the operation being run.</summary>
    internal const ushort CurrentOp = 5;

    /// <summary>Index of the failed operation plus one; 0 for none.</summary>
    internal const ushort FailedOp = 6;

    /// <summary>errno of the failed operation.</summary>
    internal const ushort FailedErrno = 7;

    /// <summary>The empty mount namespace (<see cref="Linux.EmptyMountNamespace"/>).</summary>
    internal const ushort EmptyMounts = 8;

    /// <summary>First of the extra descriptors the caller hands in.</summary>
    internal const ushort FirstExtra = 9;

    internal const int MaxExtra = 8;

    /// <summary>Address of a struct pollfd that names the process that launches.</summary>
    internal const ushort Supervisor = FirstExtra + MaxExtra;

    /// <summary>First slot the compiler may use as it likes.</summary>
    internal const ushort FirstFree = Supervisor + 1;
}
