namespace KernelFoundry.Testing.Tests;

public sealed class KernelRunnerTests
{
    static KernelRunnerTests() => FunctorSamples.Add(sample => new PerElement(sample.View1<float>("n")));

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.Right))]
    [KernelData(typeof(Specimens), nameof(Specimens.Scaled))]
    [KernelData(typeof(Specimens), nameof(Specimens.Named))]
    public void A_right_kernel_passes(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.Imprecise))]
    public void An_error_beyond_the_tolerance_fails(KernelTest test) =>
        AssertFails(test, "relative error", "KF_SEED=", "worst at [", test.ToString());

    // What the tail holds is what was there before: random numbers.
    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.ForgetsTheTail))]
    public void A_forgotten_tail_fails(KernelTest test) => AssertFails(test, "relative error");

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.WritesBeyond))]
    public void A_write_beyond_a_view_fails(KernelTest test) => AssertFails(test, test.Target.Name.Split(' ')[0] switch
    {
        "Cpu" or "OpenCl" or "Cuda" => "y was written outside its elements",
        "Reference" => "outside",
        _ => "OutOfBounds",
    });

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.GivesNaN))]
    public void A_NaN_fails(KernelTest test) => AssertFails(test, "found NaN");

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.Races))]
    public void A_race_fails_in_every_interpreter(KernelTest test)
    {
        if (test.Target.Name.EndsWith("interpreter", StringComparison.Ordinal))
            AssertFails(test, "Race");
    }

    [Theory]
    [KernelData(typeof(Specimens), nameof(Specimens.HasNoTolerance))]
    public void A_missing_tolerance_is_named(KernelTest test) => AssertFails(test, "[Tolerance] for float");

    [Fact]
    public void A_functor_with_fields_needs_a_sample()
    {
        var sample = new FunctorSample(new Dictionary<string, int>(), Device.Reference, 1, []);
        Exception exception = Assert.Throws<InvalidOperationException>(() => FunctorSamples.Make(typeof(Unknown).FullName!, sample));
        Assert.Contains("FunctorSamples.Add(sample => new Unknown(...))", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        KernelTest test = KernelCases.Enumerate(typeof(Specimens), nameof(Specimens.Right)).First();
        Assert.Equal(KernelRunner.Outputs(test, 5)["y"], KernelRunner.Outputs(test, 5)["y"]);
        Assert.NotEqual(KernelRunner.Outputs(test, 5)["y"], KernelRunner.Outputs(test, 6)["y"]);
    }

    private static void AssertFails(KernelTest test, params string[] parts)
    {
        Exception exception = Assert.ThrowsAny<Exception>(() => KernelRunner.Run(test));
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
    }

    private readonly struct Unknown(int value)
    {
        public int Value { get; } = value;
    }
}
