namespace KernelFoundry.Cli.Commands;

/// <summary>Files that commands write.</summary>
internal static class OutputFile
{
    /// <exception cref="UsageException">The path names no file in a folder that is there.</exception>
    public static void Check(string option, string path)
    {
        if (path.Length == 0 || Path.GetFileName(path).Length == 0)
            throw new UsageException($"{option} is '{path}', which names no file.");
        string whole = Path.GetFullPath(path);
        if (!Directory.Exists(Path.GetDirectoryName(whole)))
            throw new UsageException($"{option} is '{path}', but there is no folder '{Path.GetDirectoryName(whole)}'.");
        if (Directory.Exists(whole))
            throw new UsageException($"{option} is '{path}', which is a folder.");
    }
}
