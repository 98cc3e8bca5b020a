using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// Models in several GGUF files, as llama.cpp's <c>gguf-split</c> makes them: the first has the metadata, each has some of the tensors, and
/// <c>split.no</c>, <c>split.count</c> and <c>split.tensors.count</c> say how they belong together. Names end in <c>-00001-of-00003.gguf</c>.
/// </summary>
internal static partial class GgufShards
{
    private const string Count = "split.count", Number = "split.no", Tensors = "split.tensors.count", Section = "split.";

    // What the names can number.
    private const uint Most = 99999;

    public static bool IsOneOfSeveral(GgufFile file) => file.Metadata.TryGetUInt32(Count, out uint count) && count > 1;

    /// <summary>All files as one; <paramref name="file"/> is disposed of with it.</summary>
    /// <param name="path">The path of one of them.</param>
    /// <param name="file">The file at the path.</param>
    /// <exception cref="InvalidModelException">One is missing, or of another model.</exception>
    public static GgufFile Join(string path, GgufFile file)
    {
        uint count = file.Metadata.GetUInt32(Count);
        if (count > Most)
            throw file.Metadata.GetValue(Count).Error($"{count}", $"1 to {Most}");
        Match name = ShardName().Match(path);
        if (!name.Success || uint.Parse(name.Groups[3].Value, CultureInfo.InvariantCulture) != count)
            throw file.Metadata.GetValue(Count).Error($"{count}, in a file of this name", $"a name that ends in -00001-of-{count:D5}.gguf, so that the others are found");
        var opened = new List<GgufFile> { file };
        try
        {
            var files = new List<GgufFile>();
            for (uint i = 0; i < count; i++)
            {
                string other = string.Create(CultureInfo.InvariantCulture, $"{name.Groups[1].Value}-{i + 1:D5}-of-{count:D5}.gguf");
                bool isGiven = i + 1 == uint.Parse(name.Groups[2].Value, CultureInfo.InvariantCulture);
                files.Add(isGiven ? file : Open(other, path, count));
                if (!isGiven)
                    opened.Add(files[^1]);
                Check(files[^1], i, count);
            }

            return Compose(path, files);
        }
        catch
        {
            opened.Skip(1).ToList().ForEach(each => each.Dispose());
            throw;
        }
    }

    private static GgufFile Open(string path, string given, uint count)
    {
        try
        {
            return new GgufFile(new GgufContent(path));
        }
        catch (FileNotFoundException)
        {
            throw new InvalidModelException(given, $"the file '{Path.GetFileName(path)}', one of {count} that hold the model", "absent", "all of them in one folder");
        }
    }

    private static void Check(GgufFile file, uint index, uint count)
    {
        if (file.Metadata.GetUInt32(Count) is var found && found != count)
            throw file.Metadata.GetValue(Count).Error($"{found}", $"{count}, as the others of the model have");
        if (file.Metadata.GetUInt32(Number) is var number && number != index)
            throw file.Metadata.GetValue(Number).Error($"{number}", $"{index}, by the file's name");
    }

    private static GgufFile Compose(string path, List<GgufFile> files)
    {
        long tensors = files.Sum(file => (long)file.Tensors.Count);
        if (files[0].Metadata.TryGetInt64(Tensors, out long expected) && expected != tensors)
            throw files[0].Metadata.GetValue(Tensors).Error($"{expected}", $"{tensors}, the tensors in {files.Count} files");
        var whole = new GgufComposition();
        whole.Header.Copy(files[0].Metadata, key => !key.StartsWith(Section, StringComparison.Ordinal) && key != "general.alignment");
        var names = new HashSet<string>(StringComparer.Ordinal);
        Span<long> dimensions = stackalloc long[GgufTensor.MaximumRank];
        foreach (GgufFile file in files)
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (!names.Add(tensor.Name))
                    throw tensor.Error("its name", "in two of the model's files", "every tensor once");
                for (int axis = 0; axis < tensor.Rank; axis++)
                    dimensions[axis] = tensor.Dimension(axis);
                var (part, from) = tensor.Place;
                whole.Add(tensor.Name, dimensions[..tensor.Rank], tensor.Type, part, from);
            }
        }

        return whole.Open(path, files);
    }

    [GeneratedRegex(@"^(.*)-([0-9]{5})-of-([0-9]{5})\.gguf$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();
}
