using System.Text;

namespace KernelFoundry.Cli.Commands;

/// <summary>A text the command line names.</summary>
internal static class TextFile
{
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The file '{path}' cannot be read: {error.Message}", error);
        }
    }
}
