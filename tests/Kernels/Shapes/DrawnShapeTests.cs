using FsCheck;
using FsCheck.Fluent;
using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Every kernel on extents nobody chose.</summary>
public sealed class DrawnShapeTests
{
    private const int Draws = 24, MostDerived = 40;

    // Axes that may have any extent, and the largest drawn. The others have rules among them (kvHeads divides heads): these keep to their
    // lists.
    private static readonly Dictionary<string, int> Free = new()
    {
        ["rows"] = 150, ["cols"] = 700, ["tokens"] = 40, ["keys"] = 300, ["splits"] = 9, ["vocabulary"] = 3000, ["start"] = 300,
        ["position"] = 300,
    };

    public static TheoryData<Type, string> All
    {
        get
        {
            var data = new TheoryData<Type, string>();
            foreach (Type kernelClass in KernelClasses.All)
            {
                foreach (string kernel in KernelClasses.KernelsOf(kernelClass))
                    data.Add(kernelClass, kernel);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Any_extents(Type kernelClass, string kernel)
    {
        KernelDefinition definition = KernelCases.Find(kernelClass, kernel);
        string[] keys = [.. definition.Variants.Select(variant => variant.TypeKey).Distinct()];
        Gen<KernelTest> tests =
            from target in Gen.Elements<TestTarget>(TestTargets.All)
            from key in Gen.Elements<string>(keys)
            from extents in Gen.CollectToArray(definition.Axes.Select(axis => Extent(axis, definition.IsDerived)))
            select KernelCases.Create(kernelClass, kernel, target, key.Length == 0 ? [] : key.Split(','),
                definition.Axes.Zip(extents).ToDictionary(pair => pair.First.Name, pair => pair.Second));
        Prop.ForAll(tests.ToArbitrary(), KernelRunner.Run).Check(Config.QuickThrowOnFailure.WithMaxTest(Draws));
    }

    // What a derived kernel is compared with, finite differences, takes the square of its extents.
    private static Gen<int> Extent(KernelAxis axis, bool isDerived) => axis.Extents.Count > 1 && Free.TryGetValue(axis.Name, out int most)
        ? Gen.Choose(axis.Name is "start" or "position" ? 0 : 1, isDerived ? Math.Min(most, MostDerived) : most)
        : Gen.Elements<int>(axis.Extents);
}
