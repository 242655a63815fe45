using Keelson.Linux;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Hosting;

if (args.Length != 2)
{
    ShimLog.Write("usage: keelson-shim SANDBOX-ID DIRECTORY, with a listening socket as descriptor 3; started by keelson serve");
    return 2;
}

try
{
    // Started through a descriptor, it would be listed as that descriptor's number.
    ProcessAttributes.SetName("keelson-shim"u8);

    // Every file here is made with an explicit mode; this only keeps a wider umask of the daemon out.
    ProcessAttributes.SetUmask(0x12 /* 022 */);

    // The engine opens files of /proc/self, which are root's alone once this process is undumpable.
    var engine = new ForkCalliEngine();
    ProcessAttributes.BecomeUndumpable();
    ProcessAttributes.BecomeChildSubreaper();

    using var loop = new EventLoop();
    _ = new ShimServer(loop, new ShimOptions(args[0], args[1]), SafeFd.Adopt(ShimProtocol.InheritedListener), engine);
    loop.Run();
    return 0;
}
catch (Exception failure)
{
    ShimLog.Write(failure.ToString());
    return 1;
}
