using System.Text;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>Damaged safetensors files: each opens, or is refused by an <see cref="InvalidModelException"/>; nothing else may come out.</summary>
public class SafetensorsFuzzTests
{
    private const int Mutations = 30_000;
    private static readonly string[] s_words = ["\"", "{", "}", "[", "]", ",", ":", "0", "-1", "9999999999999999999", "1e9", "null", "\"F32\"", "\"dtype\"", "\\ud800", "\u0001", "__metadata__"];

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        byte[] original = new SafetensorsBuilder().Add("a.weight", "F32", [2, 3], new byte[24]).Add("b", "BF16", [4], new byte[8]).Add("c", "U8", [], new byte[1]).Build();
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        int opened = 0, refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Mutate(original, random);
            Exception? error = Record.Exception(() => Touch(bytes));
            Assert.True(error is null or InvalidModelException, $"KF_FUZZ_SEED={seed}, mutation {i}: {Encoding.Latin1.GetString(bytes)}\n{error}");
            opened += error is null ? 1 : 0;
            refused += error is null ? 0 : 1;
        }

        Assert.True(opened > 100 && refused > 100, $"KF_FUZZ_SEED={seed}: {opened} opened and {refused} were refused.");
    }

    private static void Touch(byte[] bytes)
    {
        using var file = new SafetensorsFile(bytes);
        Assert.All(file.Tensors, tensor => Assert.Equal(tensor.ByteLength, tensor.Data.Length));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_words[random.Next(s_words.Length)]));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 80), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
                break;
        }

        return [.. bytes];
    }
}
