using System.Text.Json;

namespace KernelFoundry;

/// <summary>
/// The file tuned schedules are kept in, of all machines that share it. It is a cache that anything may have written to: what cannot be read is
/// taken for absent, with a warning.
/// </summary>
public static class ScheduleFile
{
    /// <summary>The environment variable that names the file, or is "off".</summary>
    public const string EnvironmentVariable = "KERNELFOUNDRY_SCHEDULES";

    /// <summary>What stands for no file.</summary>
    public const string Off = "off";

    // Some thousand entries; what is larger was not written by this.
    private const int MaxBytes = 1 << 20;

    /// <summary>The file a device uses.</summary>
    /// <param name="asked">What <see cref="DeviceOptions.ScheduleFile"/> says.</param>
    /// <returns>
    /// What is asked for, else what the environment names, else schedules.json in the user's cache folder; null where tuning is off.
    /// </returns>
    public static string? Locate(string? asked = null)
    {
        string? path = string.IsNullOrEmpty(asked) ? Environment.GetEnvironmentVariable(EnvironmentVariable) : asked;
        if (string.IsNullOrEmpty(path))
            return CacheFiles.Folder() is { } folder ? Path.Combine(folder, "schedules.json") : null;
        return string.Equals(path, Off, StringComparison.OrdinalIgnoreCase) ? null : path;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warning">Is told once, in one sentence, why a file that is there is not used.</param>
    /// <returns>Its entries; none if there is no such file, or it is not used.</returns>
    public static IReadOnlyList<ScheduleEntry> Read(string path, Action<string>? warning = null) => Path.Exists(path) ? ReadThere(path, warning) : [];

    // Apart, so that a process without the file loads nothing that reads JSON.
    private static List<ScheduleEntry> ReadThere(string path, Action<string>? warning)
    {
        try
        {
            return ScheduleJson.Read(ReadBytes(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or ArgumentException or NotSupportedException)
        {
            warning?.Invoke($"The schedules in '{path}' are not used: {exception.Message} 'kf tune' writes the file anew.");
            return [];
        }
    }

    /// <summary>Replaces entries of one machine; those of others stay. The file changes at once, or not at all.</summary>
    /// <param name="path">The file; made if there is none.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="isReplaced">Which of its entries go.</param>
    /// <param name="added">What takes their place.</param>
    /// <param name="warning">Is told why a file that is there is not used: it is then written anew.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static void Update(
        string path, ScheduleMachine machine, Func<ScheduleEntry, bool> isReplaced, IEnumerable<ScheduleEntry> added, Action<string>? warning = null)
    {
        ArgumentNullException.ThrowIfNull(isReplaced);
        ArgumentNullException.ThrowIfNull(added);
        ScheduleEntry[] entries = [.. Read(path, warning).Where(entry => entry.Machine != machine || !isReplaced(entry)), .. added];
        CacheFiles.Write(path, ScheduleJson.Write(entries));
    }

    private static byte[] ReadBytes(string path)
    {
        using FileStream stream = File.OpenRead(path);

        // Not by the length it states: a device states none and never ends.
        using var contents = new MemoryStream();
        var part = new byte[4096];
        while (stream.Read(part) is var count and > 0)
        {
            contents.Write(part, 0, count);
            if (contents.Length > MaxBytes)
                throw new IOException($"It is larger than {MaxBytes} bytes.");
        }

        return contents.ToArray();
    }
}
