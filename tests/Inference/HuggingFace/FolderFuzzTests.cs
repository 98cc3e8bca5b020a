using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>Damaged configurations and indexes: each folder opens, or is refused by an <see cref="InvalidModelException"/>; nothing else may come out.</summary>
public class FolderFuzzTests
{
    private const int Mutations = 1500;
    private static readonly string[] s_words = ["0", "-1", "1", "3", "7", "999999999", "1e300", "null", "true", "[]", "{}", "\"x\"", "{\"rope_type\": \"yarn\"}", "{\"rope_type\": \"llama3\", \"factor\": 0}",
        "{\"type\": \"longrope\", \"long_factor\": []}", "[\"GPTNeoXForCausalLM\"]", "[\"Phi3ForCausalLM\"]", "[\"FalconForCausalLM\"]", "[\"GPT2LMHeadModel\"]"];

    [Fact]
    public void Damaged_configurations_are_refused_or_read() => Damage("config.json", 1, leastOpened: 50);

    [Fact]
    public void Damaged_indexes_are_refused_or_read() => Damage("model.safetensors.index.json", 2, leastOpened: 1);

    private static void Damage(string name, int shards, int leastOpened)
    {
        using var folder = new TinyFolder(GgmlType.BF16, shards);
        string path = folder.FilePath(name), original = File.ReadAllText(path);
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        int opened = 0, refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            string text = Mutate(original, random);
            File.WriteAllText(path, text);
            Exception? error = Record.Exception(() => Touch(folder.Path));
            Assert.True(error is null or InvalidModelException, $"KF_FUZZ_SEED={seed}, mutation {i}: {text}\n{error}");
            opened += error is null ? 1 : 0;
            refused += error is null ? 0 : 1;
        }

        Assert.True(opened >= leastOpened && refused > 100, $"KF_FUZZ_SEED={seed}: {opened} opened and {refused} were refused.");
    }

    private static void Touch(string path)
    {
        using HuggingFaceModel model = HuggingFaceModel.Open(path);
        foreach (GgufTensor tensor in model.File.Tensors)
            Assert.Equal(tensor.ByteLength, tensor.Data.Length);
    }

    private static string Mutate(string text, Random random)
    {
        for (int changes = random.Next(1, 3); changes > 0; changes--)
        {
            int at = random.Next(text.Length), colon = text.IndexOf(':', at), end = colon < 0 ? -1 : text.IndexOfAny([',', '}'], colon);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)),
                1 => text.Insert(at, s_words[random.Next(s_words.Length)]),
                _ when end > 0 => string.Concat(text.AsSpan(0, colon + 1), s_words[random.Next(s_words.Length)], text.AsSpan(end)),
                _ => text[..at] + (char)random.Next(32, 127) + text[at..],
            };
        }

        return text;
    }
}
