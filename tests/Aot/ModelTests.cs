using System.Globalization;
using System.Text.Json;
using KernelFoundry.EndToEnd.Tests;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Aot.Tests;

/// <summary>The binary computes what the runtime computes in this process, bit for bit.</summary>
public class ModelTests(PublishedTool tool)
{
    private const int Count = 24;

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    [InlineData(GgmlType.Q8_0)]
    [InlineData(GgmlType.Q4_0)]
    public void DrawnModelsGiveTheSameTokensAndBits(GgmlType type)
    {
        using var file = new ModelFile(new TinyModel { Type = type });
        Compare(file.Path, "the ab", [1, 262, 260, 268, 265, 261, 263]);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public void RealModelsGiveTheSameTokensAndBits(string type) => Compare(Stories.File(type), Stories.Prompt, Stories.Greedy().All[..100]);

    [Fact]
    public void ARealModelTellsTheReferencesStory()
    {
        (int[] prompt, int[] all) = Stories.Greedy();
        Assert.Equal(all[prompt.Length..], Generate(Stories.File("f32"), Stories.Prompt, all.Length - prompt.Length));
    }

    private void Compare(string file, string prompt, int[] tokens)
    {
        int[] generated = Generate(file, prompt, Count);
        Kf kf = tool.Run("logits", "--model", file, "--tokens", string.Join(',', tokens), "--device", "cpu", "--threads", "2", "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        int[][] bits = [.. kf.Json.GetProperty("logits").EnumerateArray().Select(row => row.EnumerateArray().Select(Bits).ToArray())];

        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });
        using LanguageModel model = LanguageModel.Open(file, device);
        var generator = new TextGenerator(model);
        GenerationChunk[] chunks = [.. generator.Generate(generator.Encode(prompt), new GenerationOptions { MaxTokens = Count, Temperature = 0 })];
        Assert.Equal(chunks.Where(c => c.Token is not null).Select(c => c.Token!.Value), generated);
        Assert.Equal(Logits.Run(model, tokens).Select(row => row.Select(BitConverter.SingleToInt32Bits).ToArray()), bits);
    }

    private int[] Generate(string file, string prompt, int count)
    {
        Kf kf = tool.Run("generate", "--model", file, "--prompt", prompt, "--max-tokens", count.ToString(CultureInfo.InvariantCulture),
            "--temperature", "0", "--device", "cpu", "--threads", "2", "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        return [.. kf.Json.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())];
    }

    // Numbers are printed with the digits that tell every float from its neighbours.
    private static int Bits(JsonElement number) => BitConverter.SingleToInt32Bits(number.GetSingle());
}
