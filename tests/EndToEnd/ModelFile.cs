using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>A tiny drawn model written to a file of its own, deleted when disposed.</summary>
internal sealed class ModelFile : IDisposable
{
    public ModelFile(TinyModel? model = null) => File.WriteAllBytes(Path, (model ?? new TinyModel()).Build());

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"kf-test-{Guid.NewGuid():N}.gguf");

    public void Dispose() => File.Delete(Path);
}
