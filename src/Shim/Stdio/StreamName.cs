namespace Keelson.Shim.Stdio;

/// <summary>Which of a process's output streams; a terminal has only the first.</summary>
internal enum StreamName
{
    Stdout,
    Stderr,
}
