using System.Text.RegularExpressions;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Whether tests on the emulated CUDA device find mistakes in the library's modules: one mistake at a time, put into the text.</summary>
public class PtxMistakeTests
{
    // Every warp of a block has elements, and some are left for single reads.
    private static readonly (int Columns, int Offset)[] Shapes = [(2064, 0), (2061, 0), (2064, 4)];

    // A pattern, and what stands in its place: the first, second... occurrence of it is a mistake each.
    [Theory]
    [InlineData("a barrier is missing", @"bar\.sync 0;", "")]
    [InlineData("a branch goes the other way", @"@!%p(\d+) bra", "@%p$1 bra")]
    [InlineData("a sum is a difference", @"add\.rn\.f32", "sub.rn.f32")]
    [InlineData("a root is none", @"sqrt\.rn\.f32", "abs.f32")]
    [InlineData("an address is off", @"\[%rd(\d+)\]", "[%rd$1+4]")]
    [InlineData("another thread's number", @"%tid\.x", "%ctaid.x")]
    public void A_mistake_in_RmsNorm_is_found(string mistake, string pattern, string replacement)
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

        // Rows that vectors of 16 bytes can read, and rows that they cannot.
        return Shapes.Any(shape => Fails(device, shape.Columns, shape.Offset));
    }

    private static bool Fails(Device device, int columns, int offset)
    {
        const int Rows = 3;
        var random = new Random(1);
        View2<float> x = Draw(Rows, columns), y = Draw(Rows, columns);
        View1<float> weight = Draw(1, columns).Row(0);
        float[] inputs = x.ToArray(), weights = weight.ToArray(), found;
        try
        {
            Normalization.RmsNorm(device, x, weight, y, 0.1f);
            found = y.ToArray();
        }
        catch (DeviceException)
        {
            return true;
        }

        for (int row = 0; row < Rows; row++)
        {
            float[] values = inputs[(row * columns)..((row + 1) * columns)];
            double scale = 1 / Math.Sqrt((values.Sum(value => (double)value * value) / columns) + 0.1f);
            for (int column = 0; column < columns; column++)
            {
                double expected = values[column] * scale * weights[column];
                if (!(Math.Abs(found[(row * columns) + column] - expected) <= 1e-5 * Math.Abs(expected)))
                    return true;
            }
        }

        return false;

        View2<float> Draw(int rows, int count)
        {
            DeviceMemory memory = device.AllocateBytes((4L * rows * count) + offset);
            View2<float> view = new(memory, offset, rows, count);
            view.CopyFrom([.. Enumerable.Range(0, rows * count).Select(_ => 0.5f + random.NextSingle())]);
            return view;
        }
    }
}
