namespace Keelson.Images.Registry;

/// <summary>Reads small answers whole, up to a limit: manifests and configs are untrusted input (CVE-2023-25153).</summary>
internal static class BoundedBody
{
    internal static async Task<byte[]> ReadAsync(
        HttpResponseMessage response, int limit, RegistryEndpoint endpoint, string step, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            throw TooLarge(endpoint, step, limit);
        }

        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        int count;
        while ((count = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + count > limit)
            {
                throw TooLarge(endpoint, step, limit);
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }

    private static EndpointException TooLarge(RegistryEndpoint endpoint, string step, int limit) =>
        new(endpoint, EndpointFailure.Malformed, $"{step}: the answer is larger than {limit} bytes");
}
