using System.Text;
using Keelson.Images;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Images and what names them.</summary>
internal static class ImageMapping
{
    internal static Cri.Image ToCri(ImageRecord image)
    {
        ImageUser user = ImageUser.Parse(image.Config.User);
        var message = new Cri.Image
        {
            Id = image.Id.Value,
            Size = (ulong)Math.Max(1, image.SizeBytes),
            Uid = user.Uid is { } uid ? new Cri.Int64Value { Value = uid } : null,
            Username = user.Name,
            Pinned = image.Pinned,
        };
        message.RepoTags.Add(image.RepoTags);
        message.RepoDigests.Add(image.RepoDigests);
        return message;
    }

    internal static ContainerImage ToContainerImage(Cri.ImageSpec spec) => new()
    {
        Image = spec.Image,
        UserSpecifiedImage = spec.UserSpecifiedImage,
        RuntimeHandler = spec.RuntimeHandler,
    };

    internal static Cri.ImageSpec ToSpec(ContainerImage image) => new()
    {
        Image = image.Image,
        UserSpecifiedImage = image.UserSpecifiedImage,
        RuntimeHandler = image.RuntimeHandler,
    };

    /// <summary>The name in a request that can't do without one.</summary>
    internal static string Name(Cri.ImageSpec? spec)
    {
        Invalid.Unless(spec is { Image.Length: > 0 }, "image is empty");
        return spec!.Image;
    }

    internal static RegistryCredentials? Credentials(Cri.AuthConfig? auth)
    {
        if (auth is null)
        {
            return null;
        }

        (string user, string password) = auth.Username.Length == 0 && auth.Auth.Length > 0
            ? Decode(auth.Auth)
            : (auth.Username, auth.Password);
        return new RegistryCredentials
        {
            Username = user,
            Password = password,
            IdentityToken = auth.IdentityToken,
            RegistryToken = auth.RegistryToken,
            ServerAddress = auth.ServerAddress,
        };
    }

    internal static Cri.FilesystemUsage ToCri(ImageFsUsage usage) => new()
    {
        Timestamp = usage.TimestampNanoseconds,
        FsId = new Cri.FilesystemIdentifier { Mountpoint = usage.Mountpoint.Value },
        UsedBytes = new Cri.UInt64Value { Value = (ulong)usage.UsedBytes },
        InodesUsed = new Cri.UInt64Value { Value = (ulong)usage.InodesUsed },
    };

    private static (string User, string Password) Decode(string auth)
    {
        // The text is a secret, so the failure does not quote it.
        byte[] bytes = new byte[auth.Length];
        Invalid.Unless(Convert.TryFromBase64String(auth, bytes, out int length), "auth.auth is not base64");
        string pair = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0');
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        Invalid.Unless(colon >= 0, "auth.auth is not user:password");
        return (pair[..colon], pair[(colon + 1)..]);
    }
}
