using System.Security.Cryptography;
using System.Text;

namespace KernelFoundry;

/// <summary>
/// Built OpenCL programs on disk, so that a process need not compile what an earlier one did. An entry is the SHA-256 of its contents and the
/// contents; anything else in its place counts as absent. Failing to read or write the cache costs time and nothing more.
/// </summary>
internal static class OpenClBinaryCache
{
    /// <summary>The cache's folder; "off" (or "0") turns the cache off.</summary>
    public const string EnvironmentVariable = "KERNELFOUNDRY_CACHE";

    /// <summary>Where the program would be; null if the cache is off.</summary>
    public static string? PathFor(string device, string options, string source)
    {
        if (Folder() is not { } folder)
            return null;
        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\0{options}\0{source}"));
        return Path.Combine(folder, $"{Convert.ToHexStringLower(key)}.bin");
    }

    public static byte[]? TryRead(string path)
    {
        try
        {
            byte[] entry = File.ReadAllBytes(path);
            if (entry.Length <= SHA256.HashSizeInBytes)
                return null;
            byte[] contents = entry[SHA256.HashSizeInBytes..];
            return SHA256.HashData(contents).AsSpan().SequenceEqual(entry.AsSpan(0, SHA256.HashSizeInBytes)) ? contents : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Write(string path, byte[] contents)
    {
        if (contents.Length == 0)
            return;

        try
        {
            CacheFiles.Write(path, [.. SHA256.HashData(contents), .. contents]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process compiles again.
        }
    }

    private static string? Folder()
    {
        string? set = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.Equals(set, "off", StringComparison.OrdinalIgnoreCase) || set == "0")
            return null;
        if (!string.IsNullOrEmpty(set))
            return Path.Combine(set, "opencl");

        return CacheFiles.Folder() is { } root ? Path.Combine(root, "opencl") : null;
    }
}
