using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>The pages of this program's and its libraries' files: code and constants, which the page cache holds too.</summary>
public static class ProgramPages
{
    /// <summary>
    /// Unmaps every page that still is as its file has it. What goes on being used comes back from the page cache, by
    /// minor faults of some pages each; what only start-up or the first TLS connection needed does not.
    /// </summary>
    /// <returns>The bytes of address space that were given back, mapped or not; 0 where smaps(5) can't be read.</returns>
    public static unsafe long GiveBack()
    {
        long given = 0;
        try
        {
            foreach (ProgramMapping mapping in ProgramMapping.ReadUnmodified("/proc/self/smaps"))
            {
                // SAFETY: the mapping is private, read-only and without a page of its own, so every later read finds the file's bytes again.
                if (LibC.madvise((void*)mapping.Start, (nuint)mapping.Length, LibC.MADV_DONTNEED) == 0)
                {
                    given += mapping.Length;
                }
            }
        }
        catch (IOException)
        {
            // A node that hides smaps keeps its pages: nothing depends on their going.
        }

        return given;
    }
}
