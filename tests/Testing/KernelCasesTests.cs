namespace KernelFoundry.Testing.Tests;

public sealed class KernelCasesTests
{
    [Fact]
    public void Every_extent_and_type_argument_occurs_on_every_target()
    {
        KernelTest[] tests = [.. KernelCases.Enumerate(typeof(Specimens), nameof(Specimens.Scaled))];
        KernelDefinition kernel = tests[0].Kernel;
        ILookup<bool, TestTarget> targets = TestTargets.All.ToLookup(target => target.Runs(kernel, kernel.Variants[0].TypeKey));

        // Its PTX is the same for all GPUs, of which one is enough.
        Assert.Equal(["Cuda (Emulated sm_70)", "Cuda (Emulated sm_80)", "Matrix interpreter", "Warpgroup interpreter"], targets[false].Select(target => target.Name));
        foreach (TestTarget target in targets[true])
        {
            KernelTest[] own = [.. tests.Where(test => test.Target == target)];
            Assert.Equal(["Half", "Q8_0"], own.Select(test => test.TypeArguments[0]).Distinct().Order());
            string[] factors = [typeof(PerElement).FullName!, typeof(Three).FullName!];
            Assert.Equal(factors, own.Select(test => test.TypeArguments[1]).Distinct().Order());

            // Rows of quantized elements are whole blocks.
            Assert.All(own, test => Assert.Contains(test.Axes["n"], test.TypeArguments[0] == "Half" ? [3, 40] : new[] { 32, 64 }));
            Assert.Contains(own, test => test.Axes["n"] is 3 or 32);
            Assert.Contains(own, test => test.Axes["n"] is 40 or 64);
        }
    }

    [Fact]
    public void No_test_occurs_twice()
    {
        // Extents 3 and 40 are 32 and 64 in rows of quantized elements; 7, 31 and 63 columns are fewer where a target's work is limited.
        foreach (string kernel in new[] { nameof(Specimens.Scaled), nameof(Specimens.ForgetsTheTail), nameof(Specimens.Named) })
        {
            string[] tests = [.. KernelCases.Enumerate(typeof(Specimens), kernel).Select(test => test.ToString())];
            Assert.Equal(tests.Length, tests.Distinct().Count());
        }
    }

    [Fact]
    public void The_targets_are_every_device_and_every_form()
    {
        string[] names = [.. TestTargets.All.Select(target => target.Name)];
        Assert.Equal("Reference", names[0]);
        Assert.Contains("Cpu 128 x1", names);
        Assert.Contains("Cuda (Emulated sm_90)", names);
        Assert.Contains("Cuda (Emulated sm_70)", names);
        Assert.Contains("Cuda (Emulated sm_80)", names);
        Assert.Equal(
            ["Tile interpreter", "Vector interpreter", "Thread interpreter", "SubGroup interpreter", "Warp interpreter", "Matrix interpreter", "Warpgroup interpreter"], names[^7..]);
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void One_type_argument_can_be_asked_for()
    {
        Assert.All(
            KernelCases.Enumerate(typeof(Specimens), nameof(Specimens.Scaled), typeof(Three)),
            test => Assert.Equal(typeof(Three).FullName, test.TypeArguments[1]));
        Assert.All(
            KernelCases.Enumerate(typeof(Specimens), nameof(Specimens.Scaled), typeof(Q8_0)),
            test => Assert.Equal("Q8_0", test.TypeArguments[0]));
        Assert.Throws<ArgumentException>(() => KernelCases.Enumerate(typeof(Specimens), nameof(Specimens.Scaled), typeof(Q4_0)).ToArray());
    }

    [Fact]
    public void A_class_without_the_kernel_is_named()
    {
        Exception exception = Assert.Throws<ArgumentException>(() => KernelCases.Find(typeof(Specimens), "Nothing"));
        Assert.Contains("KernelFoundry.Testing.Tests.Specimens.Nothing", exception.Message, StringComparison.Ordinal);
    }
}
