using Keelson.Oci.Capabilities;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Where system call filters come from.</summary>
internal interface ISeccompProfiles
{
    /// <summary>The filter built in here, which allows more to a process with more capabilities.</summary>
    /// <param name="capabilities">The container's bounding set.</param>
    SeccompSpec Default(CapabilitySet capabilities);

    /// <summary>A profile that the administrator has put on the node.</summary>
    /// <exception cref="Core.KeelsonException">NotFound or InvalidArgument.</exception>
    SeccompSpec Localhost(string reference, CapabilitySet capabilities);
}
