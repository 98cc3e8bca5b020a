using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// A sequence on disk: magic, the model's description, tokens, keys and values as the cache holds them, and SHA-256 of all before. Little-endian.
/// Nothing is believed before it has been held against the model that is open.
/// </summary>
internal static class PromptCacheFile
{
    private static ReadOnlySpan<byte> Magic => "KFSEQ\0\0\u0001"u8;

    public static void Write(Stream stream, LanguageModel model, ReadOnlySpan<int> tokens, KvCache cache)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] description = Describe(model, cache);
        Put(Magic);
        PutNumber(description.Length);
        Put(description);
        PutNumber(tokens.Length);
        foreach (int token in tokens)
            PutNumber(token);
        cache.ForEachPart(tokens.Length, (memory, offset, part) =>
        {
            memory.Read(offset, part);
            Put(part);
        });
        stream.Write(hash.GetHashAndReset());

        void PutNumber(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            Put(bytes);
        }

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    /// <param name="stream">Where from.</param>
    /// <param name="model">The open model.</param>
    /// <param name="capacityFor">Positions to make room for, by the number of tokens.</param>
    /// <param name="isWhole">Whether nothing may follow.</param>
    /// <exception cref="InvalidDataException">It is none, or of another model, or damaged.</exception>
    public static (int[] Tokens, KvCache Cache) Read(Stream stream, LanguageModel model, Func<int, int> capacityFor, bool isWhole)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        KvCache? cache = null;
        try
        {
            Require(Take(Magic.Length).AsSpan().SequenceEqual(Magic), "it does not begin as a saved sequence of this version does");
            int length = TakeNumber();
            Require(length is >= 0 and <= 4096, "its description of the model has an impossible length");
            byte[] description = Take(length);
            int count = TakeNumber();
            Require(count >= 1 && count <= model.Configuration.ContextLength, $"it has {count} tokens, and the model's context 1 to {model.Configuration.ContextLength}");
            int[] tokens = new int[count];
            for (int i = 0; i < count; i++)
            {
                tokens[i] = TakeNumber();
                Require((uint)tokens[i] < (uint)model.Configuration.VocabularySize, $"token {i} is {tokens[i]}, which is not in the vocabulary");
            }

            cache = model.Transformer.CreateCache(capacityFor(count));
            byte[] expected = Describe(model, cache);
            Require(description.AsSpan().SequenceEqual(expected), $"it is of '{Encoding.UTF8.GetString(description)}', and the open model is '{Encoding.UTF8.GetString(expected)}'");
            cache.Prepare(count);
            cache.ForEachPart(count, (memory, offset, part) =>
            {
                stream.ReadExactly(part);
                hash.AppendData(part);
                memory.Write(offset, part);
            });
            byte[] found = hash.GetHashAndReset(), sum = new byte[found.Length];
            stream.ReadExactly(sum);
            Require(found.AsSpan().SequenceEqual(sum), "its check sum is wrong: it is damaged");
            Require(!isWhole || stream.ReadByte() < 0, "it goes on behind its end: it is damaged");
            cache.Advance(count);
            return (tokens, cache);
        }
        catch (EndOfStreamException)
        {
            cache?.Dispose();
            throw new InvalidDataException("The saved sequence cannot be used: it ends too soon.");
        }
        catch
        {
            cache?.Dispose();
            throw;
        }

        int TakeNumber() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        byte[] Take(int count)
        {
            byte[] bytes = new byte[count];
            stream.ReadExactly(bytes);
            hash.AppendData(bytes);
            return bytes;
        }

        static void Require(bool valid, string what)
        {
            if (!valid)
                throw new InvalidDataException($"The saved sequence cannot be used: {what}.");
        }
    }

    private static byte[] Describe(LanguageModel model, KvCache cache)
    {
        ModelConfiguration c = model.Configuration;
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{c.Architecture.Name} of {c.Layers} layers, {c.EmbeddingLength} wide, {c.KeyValueHeads} key heads of {c.HeadDim}, {c.VocabularySize} tokens, rotary base {c.RotaryBase}, cache of {cache.ElementName}"));
    }
}
