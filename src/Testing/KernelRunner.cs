using System.Runtime.InteropServices;
using Xunit;

namespace KernelFoundry.Testing;

/// <summary>Runs kernels on random inputs and compares them with their double-precision references.</summary>
public static class KernelRunner
{
    /// <summary>
    /// Runs a test. Inputs are drawn from a seed, the same for every run unless the environment variable KF_SEED says another one or <c>random</c>; a
    /// failure prints it. The result must be within the kernel's tolerance, and nothing but its outputs may be written.
    /// </summary>
    /// <param name="test">The test.</param>
    /// <exception cref="InvalidOperationException">The kernel's record lacks something tests need.</exception>
    public static void Run(KernelTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (test.Kernel.Reference is null)
            throw new InvalidOperationException($"{test.Kernel.Name} has no [Reference]: tests need one.");
        int seed = TestSeed.Of("KF_SEED");
        var inputs = new KernelInputs(test, seed);
        var layout = new Random(seed);
        var images = inputs.Tensors.ToDictionary(tensor => tensor.Key, tensor => new TensorImage(tensor.Value, layout));
        var memories = new List<DeviceMemory>();
        string? difference;
        try
        {
            KernelCase expected = inputs.Expected(memories);
            IReadOnlyDictionary<string, byte[]> after = Launch(inputs, images, seed);
            difference = images.Select(image => image.Value.Stray(after[image.Key])).FirstOrDefault(stray => stray is not null)
                ?? inputs.Tensors.Values.Where(tensor => tensor.IsOutput && !expected.ScratchViews.Contains(tensor.Name))
                    .Select(tensor => Difference(test, tensor, expected, images[tensor.Name].After(after[tensor.Name])))
                    .FirstOrDefault(found => found is not null);
        }
        finally
        {
            memories.ForEach(memory => memory.Dispose());
        }

        if (difference is not null)
            Assert.Fail(Describe(inputs, seed, difference));
    }

    /// <summary>
    /// Runs a test with every choice of every schedule parameter that has choices: the results must have the bits they have with the defaults.
    /// </summary>
    /// <param name="test">The test; on a target that takes schedules.</param>
    /// <exception cref="ArgumentException">The target takes none, or the kernel has nothing to tune: the test could not fail.</exception>
    public static void RunSchedules(KernelTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        KernelParameterInfo[] tunables = [.. test.Kernel.Parameters.Where(parameter => parameter.IsTunable)];
        if (tunables.Length == 0 || !test.Target.IsTunable)
            throw new ArgumentException($"There is nothing to tune: {test}.", nameof(test));
        int seed = TestSeed.Of("KF_SEED");
        Dictionary<string, int> defaults = tunables.ToDictionary(parameter => parameter.Name, parameter => parameter.Values[0]);
        IReadOnlyDictionary<string, double[]> expected = Outputs(test with { Schedule = defaults }, seed);
        foreach (KernelParameterInfo parameter in tunables)
        {
            foreach (int choice in parameter.Choices)
            {
                KernelTest tuned = test with { Schedule = new Dictionary<string, int>(defaults) { [parameter.Name] = choice } };
                foreach ((string output, double[] values) in Outputs(tuned, seed))
                {
                    if (!MemoryMarshal.AsBytes<double>(values).SequenceEqual(MemoryMarshal.AsBytes<double>(expected[output])))
                        Assert.Fail($"{output} of {tuned} has other bits than with {parameter.Name}={parameter.Values[0]}. Again with KF_SEED={seed}");
                }
            }
        }
    }

    /// <summary>What a kernel gives, compared with nothing: for comparing two targets.</summary>
    /// <param name="test">The test.</param>
    /// <param name="seed">Inputs are drawn from it: the same for every target.</param>
    /// <returns>The elements of each output, row-major.</returns>
    public static IReadOnlyDictionary<string, double[]> Outputs(KernelTest test, int seed)
    {
        ArgumentNullException.ThrowIfNull(test);
        var inputs = new KernelInputs(test, seed);
        var layout = new Random(seed);
        var images = inputs.Tensors.ToDictionary(tensor => tensor.Key, tensor => new TensorImage(tensor.Value, layout));
        IReadOnlyDictionary<string, byte[]> after = Launch(inputs, images, seed);
        return inputs.Tensors.Values.Where(tensor => tensor.IsOutput).ToDictionary(
            tensor => tensor.Name, tensor => images[tensor.Name].After(after[tensor.Name]).Values());
    }

    private static IReadOnlyDictionary<string, byte[]> Launch(KernelInputs inputs, Dictionary<string, TensorImage> images, int seed)
    {
        try
        {
            return inputs.Test.Target.Run(inputs, images);
        }
        catch (Exception exception)
        {
            throw new KernelTestException(Describe(inputs, seed, exception.Message), exception);
        }
    }

    private static string? Difference(KernelTest test, Tensor tensor, KernelCase expected, Tensor after)
    {
        if (!expected.Outputs.TryGetValue(tensor.Name, out double[]? values))
            throw new InvalidOperationException($"The reference of {test.Kernel.Name} says nothing about output '{tensor.Name}'.");
        double? tolerance = test.RoundedTolerance ?? test.Kernel.Tolerances.FirstOrDefault(each => each.Element == tensor.ElementName)?.Relative;
        if (tolerance is null && !tensor.Element.IsInteger)
        {
            throw new InvalidOperationException($"{test.Kernel.Name} has no [Tolerance] for {tensor.ElementName}, the element of output "
                + $"'{tensor.Name}'.");
        }

        double[]? magnitudes = expected.Magnitudes.GetValueOrDefault(tensor.Name);
        double smallest = tensor.Element.SmallestNormal;
        return Comparison.Describe(tensor.Name, tensor.Extents, values, after.Values(), tolerance ?? 0, magnitudes, smallest);
    }

    private static string Describe(KernelInputs inputs, int seed, string what)
    {
        string scalars = string.Join(" ", inputs.Scalars.Select(scalar => FormattableString.Invariant($"{scalar.Key}={scalar.Value}")));
        return $"{what}{Environment.NewLine}{inputs.Test}{Environment.NewLine}{scalars}{Environment.NewLine}Again with KF_SEED={seed}";
    }
}
