namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The post-processors of <c>tokenizer.json</c>: which tokens go around a text. A kind is a row of the table.</summary>
internal static class JsonPostProcessors
{
    private static readonly SortedDictionary<string, Action<JsonField, JsonVocabulary, JsonTemplate>> s_kinds = new(StringComparer.Ordinal)
    {
        ["BertProcessing"] = Around,
        ["ByteLevel"] = (_, _, _) => { },
        ["RobertaProcessing"] = Around,
        ["Sequence"] = (field, vocabulary, template) =>
        {
            foreach (var part in field["processors"].Elements())
                Create(part, vocabulary, template);
        },
        ["TemplateProcessing"] = Template,
    };

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    public static JsonTemplate Read(JsonField field, JsonVocabulary vocabulary)
    {
        var template = new JsonTemplate();
        if (!field.IsNull)
            Create(field, vocabulary, template);
        return template;
    }

    private static void Create(JsonField field, JsonVocabulary vocabulary, JsonTemplate template) =>
        JsonKinds.Find(field, s_kinds, "post-processor")(field, vocabulary, template);

    private static void Around(JsonField field, JsonVocabulary vocabulary, JsonTemplate template)
    {
        template.Prefix.Add(Pair(field["cls"]));
        template.Suffix.Add(Pair(field["sep"]));

        int Pair(JsonField token) => Id(token.Elements().LastOrDefault(), vocabulary);
    }

    private static void Template(JsonField field, JsonVocabulary vocabulary, JsonTemplate template)
    {
        bool isAfter = false;
        foreach (var part in field["single"].Elements())
        {
            if (!part["Sequence"].IsNull)
            {
                isAfter = true;
                continue;
            }

            string name = part["SpecialToken"]["id"].String();
            foreach (var id in field["special_tokens"][name]["ids"].Elements())
                (isAfter ? template.Suffix : template.Prefix).Add(Id(id, vocabulary));
        }
    }

    private static int Id(JsonField field, JsonVocabulary vocabulary)
    {
        int id = field.Integer();
        return id >= 0 && id < vocabulary.Count ? id : throw field.Error($"{id}", $"a token id from 0 to {vocabulary.Count - 1}");
    }
}
