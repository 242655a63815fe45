using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims;

namespace Keelson.Sandboxes.Host;

/// <summary>A launch that did not reach its execve, as an error.</summary>
internal static class LaunchFailure
{
    internal static KeelsonException Of(LaunchOutcome outcome, CompiledPlan plan, string prefix = "") =>
        new(KindOf(outcome), prefix + (outcome.Error is { } error ? plan.Reason() ?? error : plan.Describe(outcome.FailedStep, outcome.Errno)));

    /// <summary>
    /// What these say of a path (a command, a mount source, a device) is the request's or the image's doing, and
    /// sending it again does not help; everything else is ours to explain.
    /// </summary>
    private static ErrorKind KindOf(LaunchOutcome outcome) => outcome.Error is not null ? ErrorKind.Internal : (Errno)outcome.Errno switch
    {
        Errno.ENOENT or Errno.EACCES or Errno.ENOEXEC or Errno.ENOTDIR or Errno.EISDIR or Errno.ELOOP or Errno.ENAMETOOLONG or Errno.E2BIG =>
            ErrorKind.InvalidArgument,
        Errno.ENOMEM or Errno.ENOSPC or Errno.EAGAIN or Errno.EMFILE or Errno.ENFILE => ErrorKind.ResourceExhausted,
        _ => ErrorKind.Internal,
    };
}
