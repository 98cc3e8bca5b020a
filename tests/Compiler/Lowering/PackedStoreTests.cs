using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using static KernelFoundry.Compiler.Tests.SampleKernels;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>What a mask lets through is stored one after another without sums of the mask's lanes, where nothing else needs them.</summary>
public sealed class PackedStoreTests
{
    public static TheoryData<int> Sizes => [1, 2, 15, 16, 17, 33, 64, 100, 127];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void LanesAreStoredInTheirOrder(int n)
    {
        Kernel kernel = Packing(readsSums: false, storesSums: false);
        Assert.Equal((true, 0), Lowered(kernel));
        Agree(kernel, n);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SumsThatAreUsedOtherwiseAreMade(int n)
    {
        foreach (Kernel kernel in new[] { Packing(readsSums: true, storesSums: false), Packing(readsSums: false, storesSums: true) })
        {
            Assert.Equal((false, 1), Lowered(kernel));
            Agree(kernel, n);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AnotherMaskOrOtherNumbersAreNoPlaces(int n)
    {
        foreach (Kernel kernel in new[] { Packing(false, false, ones: 2), Packing(false, false, stores: 0.25f) })
        {
            Assert.Equal((false, 1), Lowered(kernel));
            Agree(kernel, n);
        }
    }

    // y = zeros, then y[3 + how many before are larger than 0.1] = x where x is larger than 0.1; its last element is how many there are.
    private static Kernel Packing(bool readsSums, bool storesSums, int ones = 1, float stores = 0.1f) => Build("Packing", [View("x", 1), View("y", 1)], b =>
    {
        b.Emit(OpCode.ProgramId, 0, b.Constant(1));
        Value size = b.Extent("x", 0), at = b.Range(0, size), all = b.Range(0, b.Extent("y", 0));
        b.Store("y", b.Emit(OpCode.Mul, null, b.Emit(OpCode.Convert, DType.F32, all), b.Constant(0f)), all);
        Value x = b.Load("x", at);
        Value isLarger = b.Emit(OpCode.Gt, null, x, b.Constant(0.1f));
        Value sums = b.Emit(OpCode.Scan, new Reduction(ReduceKind.Sum, -1), b.Emit(OpCode.Select, null, isLarger, b.Constant(ones), b.Constant(0)));
        Value stored = stores == 0.1f ? isLarger : b.Emit(OpCode.Gt, null, x, b.Constant(stores));
        Value value = storesSums ? b.Emit(OpCode.Convert, DType.F32, sums) : x;
        b.Store(new MemoryAccess("y", Masked: true), [b.Emit(OpCode.Add, null, sums, b.Constant(2)), value, stored]);
        Value count = readsSums ? b.Reduce(ReduceKind.Max, sums) : b.Sum(b.Emit(OpCode.Select, null, isLarger, b.Constant(1), b.Constant(0)));
        b.Store("y", b.Emit(OpCode.Convert, DType.F32, count), b.Emit(OpCode.Sub, null, b.Extent("y", 0), b.Constant(1)));
    });

    private static (bool Packs, int Sums) Lowered(Kernel kernel)
    {
        Stmt[] all = [.. CodeWalk.All(CSharpTarget.Lower(Specializer.Specialize(kernel, Specialization.None, TargetKind.Cpu)).Body)];
        return (all.Any(s => s is StoreView { Next: not null }), all.SelectMany(CodeWalk.Expressions).OfType<PrefixLanes>().Any() ? 1 : 0);
    }

    private static void Agree(Kernel kernel, int n) => Forms.Agree(kernel, Specialization.None, 0, new() { ["x"] = [n], ["y"] = [(2 * n) + 4] }, [], "y");
}
