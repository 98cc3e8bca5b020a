using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-files-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "file");

    [Fact]
    public void AWriteReplacesTheOldFile()
    {
        File.WriteAllText(Path, "old and longer");
        AtomicFile.Write(Path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(Path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void AWriteThatFailsLeavesTheOldFile()
    {
        File.WriteAllText(Path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(Path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
