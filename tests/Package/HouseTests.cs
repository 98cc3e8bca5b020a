using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace KernelFoundry.Package.Tests;

/// <summary>References run one way only: what each project of src may know of the others.</summary>
public sealed class HouseTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Compiler"] = [],
        ["Generators"] = ["Compiler"],
        ["Runtime"] = [],
        ["Measurement"] = ["Runtime"],
        ["Benchmarks"] = ["Measurement"],
        ["Kernels"] = ["Runtime"],
        ["Inference"] = ["Kernels"],
        ["Extensions.AI"] = ["Inference"],
        ["Testing"] = ["Runtime", "Compiler"],
        ["Training"] = ["Inference"],
        ["Cli"] = ["Training", "Inference", "Measurement", "Compiler"],
    };

    public static TheoryData<string> Projects() => [.. Directory.EnumerateDirectories(Source()).Select(d => Path.GetFileName(d))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectsReferenceOnlyWhatTheyMay(string project)
    {
        string file = Path.Combine(Source(), project, $"KernelFoundry.{project}.csproj");
        IEnumerable<string> references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(r => Path.GetFileName(Path.GetDirectoryName(((string)r.Attribute("Include")!).Replace('\\', '/'))!));
        Assert.Contains(project, Allowed.Keys);
        Assert.Empty(references.Except(Allowed[project]));
    }

    private static string Source([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "src"));
}
