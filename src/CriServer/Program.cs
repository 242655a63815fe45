using Microsoft.Extensions.Hosting;
HostApplicationBuilder b = Host.CreateEmptyApplicationBuilder(new());
using IHost host = b.Build();
return 0;
