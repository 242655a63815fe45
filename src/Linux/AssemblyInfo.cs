using System.Runtime.CompilerServices;

// Every type that crosses the boundary is blittable: the marshaller adds nothing and hides nothing.
[assembly: DisableRuntimeMarshalling]
