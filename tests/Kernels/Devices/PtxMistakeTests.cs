using System.Text.RegularExpressions;
using KernelFoundry.Testing;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Whether tests on the emulated CUDA device find mistakes in the library's modules: one mistake at a time, put into the text.</summary>
public class PtxMistakeTests
{
    // A pattern, and what stands in its place: the first, second... occurrence of it is a mistake each.
    [Theory]
    [InlineData("a barrier is missing", @"bar\.sync 0;", "")]
    [InlineData("a branch goes the other way", @"@!%p(\d+) bra", "@%p$1 bra")]
    [InlineData("a sum is a difference", @"add\.rn\.f32", "sub.rn.f32")]
    [InlineData("a maximum is a minimum", @"max\.f32", "min.f32")]
    [InlineData("an address is off", @"\[%rd(\d+)\]", "[%rd$1+4]")]
    [InlineData("another thread's number", @"%tid\.x", "%ctaid.x")]
    public void A_mistake_in_softmax_is_found(string mistake, string pattern, string replacement)
    {
        int found = 0;
        var survived = new List<string>();
        for (int occurrence = 0; ; occurrence++)
        {
            int count = 0;
            string? changed = null;
            bool isFound = Fails(source => Regex.Replace(source, pattern, match =>
            {
                if (count++ != occurrence)
                    return match.Value;
                changed = LineOf(source, match.Index);
                return match.Result(replacement);
            }));
            if (changed is null)
                break;
            if (isFound)
                found++;
            else
                survived.Add(changed);
        }

        Assert.True(found > 0 && survived.Count == 0, $"{mistake}: {found} found, but not in{Environment.NewLine}{string.Join(Environment.NewLine, survived)}");
    }

    [Fact]
    public void Without_a_mistake_it_passes() => Assert.False(Fails(source => source));

    private static string LineOf(string text, int index) =>
        $"line {text.AsSpan(0, index).Count('\n') + 1}: {text[(text.LastIndexOf('\n', index) + 1)..text.IndexOf('\n', index)].Trim()}";

    private static bool Fails(Func<string, string> rewrite)
    {
        using Device device = EmulatedCuda.OpenMistaken(rewrite);
        foreach (KernelTest test in KernelCases.Enumerate(typeof(Probabilities), nameof(Probabilities.Softmax), TestTarget.For(device)))
        {
            if (test.TypeArguments[0] != "float")
                continue;
            try
            {
                KernelRunner.Run(test);
            }
#pragma warning disable CA1031 // Whatever way it is found.
            catch (Exception)
#pragma warning restore CA1031
            {
                return true;
            }
        }

        return false;
    }
}
