using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Generation;

/// <summary>Sequences saved and gone on with.</summary>
public sealed class PromptCacheFileTests : IDisposable
{
    private static readonly int[] s_prompt = [1, 259, 262, 260, 265];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(CacheElement.Float)]
    [InlineData(CacheElement.Half)]
    [InlineData(CacheElement.Q8_0)]
    public void ASavedSequenceGoesOnAsIfItHadNotBeenClosed(CacheElement element)
    {
        using LanguageModel model = Open(element);
        (byte[] saved, int[] tokens) = Save(model);
        int[] prompt = [.. tokens, 261, 263];
        using var restored = new PromptCache(model);
        Assert.Equal(tokens[..restored.Load(new MemoryStream(saved)).Count], restored.Load(new MemoryStream(saved)));
        GenerationChunk[] found = Generate(model, prompt, restored);
        Assert.Equal(Generate(model, prompt, null).Select(each => each.Token), found.Select(each => each.Token));
        Assert.Equal(tokens.Length - 1, found[^1].Statistics!.CachedTokens);
    }

    // Cut off anywhere, changed anywhere, of another model or cache: said so, and what was kept is kept.
    [Fact]
    public void WhatCannotBeUsedIsRefused()
    {
        using LanguageModel model = Open(CacheElement.Float), halves = Open(CacheElement.Half), other = new TinyModel { HeadDim = 32, RotaryDims = 32, Layers = 3 }.Open(_device);
        (byte[] saved, _) = Save(model);
        using var kept = new PromptCache(model);
        Generate(model, s_prompt, kept);
        int length = kept.Length;
        var random = new Random(3);
        for (int i = 0; i < 60; i++)
        {
            int at = i < 24 ? i : random.Next(saved.Length);
            byte[] changed = [.. saved];
            changed[at] ^= (byte)(1 << random.Next(8));
            Assert.Throws<InvalidDataException>(() => kept.Load(new MemoryStream(changed)));
            Assert.Throws<InvalidDataException>(() => kept.Load(new MemoryStream(saved[..at])));
        }

        foreach (LanguageModel wrong in new[] { halves, other })
        {
            using var cache = new PromptCache(wrong);
            Assert.Contains("open model", Assert.Throws<InvalidDataException>(() => cache.Load(new MemoryStream(saved))).Message, StringComparison.Ordinal);
        }

        Assert.Equal(length, kept.Length);
        using var empty = new PromptCache(model);
        Assert.Throws<InvalidOperationException>(() => empty.Save(new MemoryStream()));
    }

    // A file is replaced whole or not at all, and nothing else is left in its folder.
    [Fact]
    public void FilesAreWrittenWholeOrNotAtAll()
    {
        using LanguageModel model = Open(CacheElement.Float);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "sequence.kf");
        using var cache = new PromptCache(model);
        Assert.Throws<InvalidOperationException>(() => cache.Save(path));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => cache.Save(path));
        Assert.Equal("old", File.ReadAllText(path));
        Generate(model, s_prompt, cache);
        cache.Save(path);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        using var restored = new PromptCache(model);
        Assert.Equal(cache.Length, restored.Load(path).Count);
        Assert.ThrowsAny<Exception>(() => cache.Save(folder.Path));
        Assert.ThrowsAny<IOException>(() => cache.Save(Path.Combine(folder.Path, "nowhere", "sequence.kf")));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void DamagedFilesAreRefusedAndWhatWasKeptStays()
    {
        using LanguageModel model = Open(CacheElement.Float);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "sequence.kf");
        (byte[] saved, _) = Save(model);
        using var kept = new PromptCache(model);
        Generate(model, s_prompt, kept);
        int length = kept.Length;
        byte[] changed = [.. saved];
        changed[saved.Length / 2] ^= 4;
        foreach (byte[] wrong in new[] { saved[..^1], [.. saved, 0], changed, [] })
        {
            File.WriteAllBytes(path, wrong);
            Assert.Throws<InvalidDataException>(() => kept.Load(path));
        }

        Assert.Throws<FileNotFoundException>(() => kept.Load(path + "x"));
        Assert.Equal(length, kept.Length);
    }

    private static (byte[] Saved, int[] Tokens) Save(LanguageModel model)
    {
        using var cache = new PromptCache(model);
        int[] tokens = [.. s_prompt, .. Generate(model, s_prompt, cache).Where(each => each.Token is not null).Select(each => each.Token!.Value)];
        using var stream = new MemoryStream();
        cache.Save(stream);
        return (stream.ToArray(), tokens);
    }

    private static GenerationChunk[] Generate(LanguageModel model, int[] prompt, PromptCache? cache) =>
        [.. new TextGenerator(model).Generate(prompt, new GenerationOptions { MaxTokens = 8, StopTokens = [], PromptCache = cache })];

    private LanguageModel Open(CacheElement element) => new TinyModel { HeadDim = 32, RotaryDims = 32 }.Open(_device, new ModelOptions { Cache = element });
}
