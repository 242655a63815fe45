namespace Keelson.TestKit.Images;

public enum ManifestFormat
{
    Oci,
    Docker,
}
