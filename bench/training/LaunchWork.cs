using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelFoundry.TrainingBenchmark;

/// <summary>The least that a launch must do, from the text of its trace: operations of products, bytes of everything else.</summary>
/// <param name="Operations">A multiply-add is two; 0 where the launch is bound by memory.</param>
/// <param name="Bytes">Elements of all views, as floats.</param>
internal readonly partial record struct LaunchWork(double Operations, double Bytes)
{
    /// <summary>The work of a launch.</summary>
    /// <param name="launch">Its text: name, types and shapes.</param>
    /// <param name="attention">Operations of one of attention's products over the batch.</param>
    public static LaunchWork Of(string launch, double attention)
    {
        double[][] shapes = [.. Shapes().Matches(launch).Select(match => match.Groups[1].Value.Split(", ").Select(e => double.Parse(e, CultureInfo.InvariantCulture)).ToArray())];
        double bytes = 4 * shapes.Sum(shape => shape.Aggregate(1.0, (a, b) => a * b));
        double operations = NameOf(launch) switch
        {
            "MatMul" or "MatMulBackwardX" => 2 * shapes[0][0] * shapes[0][1] * shapes[1][0],
            "MatMulBackwardW" => 2 * shapes[0][0] * shapes[0][1] * shapes[1][1],
            "PackedAttention" => 2 * attention,
            "PackedAttentionBackwardQ" => 3 * attention,
            "PackedAttentionBackwardKv" => 4 * attention,
            _ => 0,
        };
        return new LaunchWork(operations, bytes);
    }

    /// <summary>The kernel of a launch.</summary>
    public static string NameOf(string launch) => launch.Split('<', '(', ' ')[0].Split('.')[^1];

    [GeneratedRegex(@"\[([0-9, ]+)\]")]
    private static partial Regex Shapes();
}
