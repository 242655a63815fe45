using System.Diagnostics;

namespace Keelson.TestKit.Images;

/// <summary>A small Linux user land from Debian's busybox-static: one binary, a symbolic link per applet, users and groups.</summary>
public static class BusyboxImage
{
    private const string Binary = "/bin/busybox";

    /// <summary>Why there is none on this machine, or null.</summary>
    public static string? MissingReason =>
        File.Exists(Binary) ? null : "needs /bin/busybox (Debian: busybox-static)";

    /// <summary>The user land as one layer, command <c>sh</c>; <paramref name="configure"/> adds layers and settings.</summary>
    public static TestImage Create(Action<TestImageBuilder>? configure = null)
    {
        TestImageBuilder builder = TestImage.Build()
            .Layer(UserLand)
            .Environment("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .Command("sh");
        configure?.Invoke(builder);
        return builder.Build();
    }

    private static void UserLand(TarBuilder tar)
    {
        foreach (string directory in (string[])["bin", "dev", "etc", "home", "home/app", "proc", "root", "run", "sbin", "sys", "usr", "usr/bin", "usr/sbin", "var", "var/log"])
        {
            tar.Directory(directory, directory == "root" ? "0700" : "0755");
        }

        tar.Directory("tmp", "1777");
        tar.Directory("var/tmp", "1777");
        tar.File("bin/busybox", File.ReadAllBytes(Binary), "0755");
        foreach (string applet in Applets())
        {
            if (applet != "bin/busybox")
            {
                tar.Symlink(applet, "/bin/busybox");
            }
        }

        tar.File(
            "etc/passwd",
            """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/usr/sbin:/bin/false
            app:x:1000:1000:app:/home/app:/bin/sh
            nobody:x:65534:65534:nobody:/nonexistent:/bin/false

            """);
        tar.File(
            "etc/group",
            """
            root:x:0:
            daemon:x:1:
            audio:x:29:app
            app:x:1000:
            helpers:x:2000:app,daemon
            nogroup:x:65534:

            """);
        tar.File("etc/hostname", "image\n");
    }

    private static string[] Applets()
    {
        using Process process = Process.Start(new ProcessStartInfo(Binary, "--list-full") { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"could not start {Binary}");
        string list = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return list.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
