namespace KernelFoundry.Inference.Formats;

/// <summary>Files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a file beside its place, has the system put it on the disk, and gives it its name: whenever the process ends, the name stands for the old file or
    /// for the new one.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="write">Writes all of it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string whole = Path.GetFullPath(path);
        string part = Path.Combine(Path.GetDirectoryName(whole)!, $".{Path.GetFileName(whole)}.{Guid.NewGuid():N}.part");
        try
        {
            using (var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, whole, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
