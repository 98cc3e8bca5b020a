using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// Keys and values kept from one generation to the next, with the tokens they are of. The next prompt begins where it first differs from
/// them: in a chat, only what was said since goes through the model. For one generation at a time.
/// </summary>
/// <param name="model">The model; it must stay open as long as the cache.</param>
public sealed class PromptCache(LanguageModel model) : IDisposable
{
    private const int LeastCapacity = 1024;
    private readonly List<int> _tokens = [];
    private KvCache? _cache;
    private bool _isInUse;

    /// <summary>Tokens whose keys and values are kept.</summary>
    public int Length => _tokens.Count;

    /// <summary>Bytes of the keys and values there is room for.</summary>
    public long ByteLength => _cache?.ByteLength ?? 0;

    /// <summary>Writes the tokens with their keys and values, to go on with another day or on another machine.</summary>
    /// <param name="stream">Where to.</param>
    /// <exception cref="InvalidOperationException">There is nothing to save, or a generation has the cache.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        RequireFree();
        if (_cache is null || _tokens.Count == 0)
            throw new InvalidOperationException("The prompt cache is empty: there is no sequence to save.");
        PromptCacheFile.Write(stream, model, CollectionsMarshal.AsSpan(_tokens), _cache);
    }

    /// <summary>
    /// Writes them to a file: whole, or not at all. It is written beside the file and put in its place when it is on the disk, so that what was there before
    /// stays if writing fails.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="InvalidOperationException">There is nothing to save, or a generation has the cache.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads a file that was saved, in place of what is kept. If it cannot be used, nothing changes.</summary>
    /// <inheritdoc cref="Load(Stream)"/>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no saved sequence, is damaged or longer than one, or is of another model or kind of cache.</exception>
    public IReadOnlyList<int> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = File.OpenRead(path);
        return Load(stream, isWhole: true);
    }

    /// <summary>Reads a sequence that was saved, in place of what is kept. If it cannot be used, nothing changes.</summary>
    /// <param name="stream">Where from.</param>
    /// <returns>Its tokens.</returns>
    /// <exception cref="InvalidDataException">It is no saved sequence, is damaged, or is of another model or kind of cache.</exception>
    /// <exception cref="InvalidOperationException">A generation has the cache.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public IReadOnlyList<int> Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, isWhole: false);
    }

    /// <summary>Frees the memory. The cache can be used again, and is empty then.</summary>
    public void Clear()
    {
        _tokens.Clear();
        _cache?.Dispose();
        _cache = null;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => Clear();

    /// <summary>A cache that holds the beginning of a prompt, all but its last token at most.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="capacity">Positions that will be needed.</param>
    /// <exception cref="InvalidOperationException">Another generation has it.</exception>
    internal KvCache Begin(ReadOnlySpan<int> prompt, int capacity)
    {
        RequireFree();
        if (_cache is not null && _cache.Capacity < capacity)
            Clear();

        // The logits after the last token are wanted, so that it goes through the model again.
        int same = Math.Min(CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(prompt), prompt.Length - 1);
        _cache ??= model.Transformer.CreateCache(RoomFor(capacity));
        same = Math.Min(same, _cache.Length);
        _cache.Rollback(same);
        _tokens.RemoveRange(same, _tokens.Count - same);
        _tokens.AddRange(prompt[same..]);
        _isInUse = true;
        return _cache;
    }

    /// <summary>Notes a token that went through the model after the prompt.</summary>
    internal void Append(int token) => _tokens.Add(token);

    /// <summary>Ends a generation. What had not gone through the model when it was cancelled is forgotten.</summary>
    internal void End()
    {
        _isInUse = false;
        int kept = Math.Min(_tokens.Count, _cache!.Length);
        _tokens.RemoveRange(kept, _tokens.Count - kept);
    }

    private int[] Load(Stream stream, bool isWhole)
    {
        RequireFree();
        (int[] tokens, KvCache cache) = PromptCacheFile.Read(stream, model, RoomFor, isWhole);
        Clear();
        _cache = cache;
        _tokens.AddRange(tokens);
        return tokens;
    }

    private void RequireFree()
    {
        if (_isInUse)
            throw new InvalidOperationException("The prompt cache serves one generation at a time, and one has not ended yet.");
    }

    // Twice what is needed, so that a conversation does not outgrow it every turn.
    private int RoomFor(int capacity) =>
        (int)Math.Min(Math.Max(LeastCapacity, 2L * capacity), model.Configuration.ContextLength);
}
