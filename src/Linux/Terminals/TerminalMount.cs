using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>An instance of devpts of its own: terminals made in it are numbered from 0 and seen nowhere else.</summary>
public static class TerminalMount
{
    /// <summary>Makes one, attached nowhere, without setuid and programs.</summary>
    /// <param name="options">As mount(8) takes them: <c>mode=0620</c>.</param>
    /// <exception cref="LinuxException">A call failed.</exception>
    public static SafeFd Create(IEnumerable<string> options) =>
        DetachedMount.Create("devpts", options, Uapi.MOUNT_ATTR_NOSUID | Uapi.MOUNT_ATTR_NOEXEC);
}
