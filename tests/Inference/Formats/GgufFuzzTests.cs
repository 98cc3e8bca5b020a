using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Tokenizers;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>
/// Damaged files: nothing but <see cref="InvalidModelException"/> may come out, opening may not allocate more than the file's
/// size and a constant, and no file may hang the reader. KF_FUZZ_SEED=random draws new damage.
/// </summary>
public class GgufFuzzTests
{
    // Room for an exception with its message and the objects that every file has.
    private const int FixedBytes = 8 * 1024;

    // The vocabulary is copied: texts, their starts, types, scores and a hash table at most half full.
    private const int TokenizerFactor = 4;

    // Far beyond what a slow machine needs; it turns a hang into a failure.
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(3);

    [Fact]
    public Task A_made_model_survives_10000_mutations() => Fuzz(MadeModel(), 10_000);

    [Theory]
    [InlineData("stories260k-f32.gguf", 1000)]
    [InlineData("stories260k-f16.gguf", 2000)]
    [InlineData("stories260k-q8_0.gguf", 3000)]
    [InlineData("stories260k-q4_0.gguf", 4000)]
    public Task A_real_model_survives_mutations(string name, int count) => Fuzz(File.ReadAllBytes(ReferenceFiles.Require("models", name)), count);

    [Fact]
    public void A_made_model_survives_truncation_everywhere()
    {
        byte[] bytes = MadeModel();
        for (int length = 0; length < bytes.Length; length++)
        {
            var cut = new ReadOnlyMemory<byte>(bytes, 0, length);
            Assert.Throws<InvalidModelException>(() => new GgufFile(cut).Dispose());
        }
    }

    [Fact]
    public void Mapped_files_survive_mutations()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        byte[] original = MadeModel();
        var mutator = new GgufMutator(original, HeadOf(original));
        string path = Path.Combine(Path.GetTempPath(), $"kernelfoundry-{Guid.NewGuid():N}.gguf");
        try
        {
            for (int i = 0; i < 300; i++)
            {
                var (bytes, description) = mutator.Next(random);
                File.WriteAllBytes(path, bytes.Span);
                var error = Record.Exception(() =>
                {
                    using var file = GgufFile.Open(path);
                    Walk(file);
                });
                Assert.True(error is null or InvalidModelException, $"KF_FUZZ_SEED={seed}, mutation {i}:{description}\n{error}");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task Fuzz(byte[] original, int count)
    {
        int seed = RandomSeed.Next();
        string current = "";
        var work = Task.Factory.StartNew(() => Run(original, count, seed, text => current = text), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var first = await Task.WhenAny(work, Task.Delay(s_watchdog));
        Assert.True(first == work, $"Hangs: KF_FUZZ_SEED={seed},{current}");
        await work;
    }

    private static void Run(byte[] original, int count, int seed, Action<string> report)
    {
        var random = new Random(seed);
        var mutator = new GgufMutator(original, HeadOf(original));
        Attempt(original, "the file itself");
        for (int i = 0; i < count; i++)
        {
            var (bytes, description) = mutator.Next(random);
            string name = $" mutation {i}:{description}";
            report(name);
            try
            {
                Attempt(bytes, name);
            }
            catch (InvalidModelException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"KF_FUZZ_SEED={seed},{name}\n{e}");
            }
        }
    }

    private static void Attempt(ReadOnlyMemory<byte> bytes, string name)
    {
        GgufFile? file = null;
        Tokenizer? tokenizer = null;
        try
        {
            Bounded(bytes.Length + FixedBytes, "Opening", () => file = new GgufFile(bytes, name));
            Walk(file!);
            Bounded((TokenizerFactor * bytes.Length) + FixedBytes, "The tokenizer", () => tokenizer = TokenizerFactory.Create(file!));
        }
        finally
        {
            file?.Dispose();
        }

        int[] tokens = tokenizer!.Encode("Once upon a time é🦙</s> <s>", parseSpecial: true);
        Assert.All(tokens, t => Assert.InRange(t, 0, tokenizer.VocabularySize - 1));
        tokenizer.Decode(tokens, includeSpecial: true);
    }

    private static void Bounded(long most, string what, Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            action();
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > most)
                Assert.Fail($"{what} allocated {allocated} bytes, more than {most}.");
        }
    }

    private static void Walk(GgufFile file)
    {
        foreach (var value in file.Metadata)
        {
            Assert.NotEmpty(value.Key);
            Assert.NotNull(value.ToString());
            Assert.True(file.Metadata.TryGetValue(value.Key, out var found) && found.KeyBytes == value.KeyBytes);
            WalkElements(value);
        }

        foreach (var tensor in file.Tensors)
        {
            Assert.Equal(tensor.ByteLength, tensor.Data.Length);
            Assert.Equal(tensor.ByteLength, tensor.Rows * tensor.RowBytes);
            Assert.InRange(tensor.Data[0] + tensor.Data[^1], 0, 510);
            Assert.True(file.Tensors.TryGet(tensor.Name, out var found) && found.Offset == tensor.Offset);
        }
    }

    private static void WalkElements(GgufValue value)
    {
        if (value.ElementType == GgufValueType.String && value.IsArray)
        {
            var strings = value.GetStrings();
            for (int i = 0; i < strings.Count; i++)
                Assert.True(strings[i].Length >= 0);
            return;
        }

        for (int i = 0; i < value.Count; i++)
        {
            switch (value.ElementType)
            {
                case GgufValueType.String: value.GetString(); break;
                case GgufValueType.Boolean: value.GetBoolean(i); break;
                case GgufValueType.Float32 or GgufValueType.Float64: value.GetDouble(i); break;
                case GgufValueType.UInt64: break;
                default: value.GetInt64(i); break;
            }
        }
    }

    private static int HeadOf(byte[] bytes)
    {
        using var file = GgufBuilder.Open(bytes);
        return (int)file.Tensors.DataStart;
    }

    private static byte[] MadeModel() => new TestVocabulary()
        .Pieces("▁", "a", "e", "i", "m", "n", "o", "t", "▁a", "ti", "me", "▁ti", "▁time")
        .Add("<|user|>", 0, TokenType.Control).Add("  ", 0, TokenType.UserDefined)
        .With("general.alignment", 64u).With("general.name", "made").With("u8", (byte)1).With("i64s", new[] { 1L, 2L })
        .With("flags", new[] { true, false, true }).With("f64", 1.25)
        .With("tokenizer.ggml.bos_token_id", 1u).With("tokenizer.ggml.eos_token_id", 2u).With("tokenizer.ggml.add_space_prefix", true)
        .ToGguf(alignment: 64)
        .AddTensor("token_embd.weight", GgmlType.Q8_0, [32, 4], new byte[4 * 34])
        .AddTensor("blk.0.attn_q.weight", GgmlType.F32, [4, 4], new byte[64])
        .AddTensor("blk.0.ffn.weight", GgmlType.Q4_K, [256, 1, 2], new byte[2 * 144])
        .AddTensor("output_norm.weight", GgmlType.F16, [5], new byte[10])
        .Build();
}
