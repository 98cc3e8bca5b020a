using System.Text.Json.Nodes;
using KernelFoundry.Training.Configuration;

namespace KernelFoundry.Training.Checkpoints;

/// <summary>Whether a checkpoint is of the training that wants to go on from it.</summary>
internal static class CheckpointMatch
{
    // They change what is measured and kept, not what is learned.
    private static readonly string[] s_free = ["evaluation", "checkpoint_every", "chat_template", "recomputes_activations"];

    /// <exception cref="CheckpointException">It is of another.</exception>
    public static void Require(string path, TrainingState saved, TrainingState own)
    {
        JsonObject before = JsonNode.Parse(saved.Options)!.AsObject(), now = JsonNode.Parse(own.Options)!.AsObject();
        foreach (string field in before.Concat(now).Select(property => property.Key).Distinct().Except(s_free))
        {
            if (!JsonNode.DeepEquals(before[field], now[field]))
            {
                throw new CheckpointException(path,
                    $"is of a training with other options: {field} was {Text(before[field])} and is {Text(now[field])}. Use the old ones, or begin anew with another checkpoint.");
            }
        }

        if (saved.Data != own.Data)
            throw new CheckpointException(path, "is of a training on other data, or with another tokenizer.");
        if (saved.Base != own.Base)
            throw new CheckpointException(path, "is of an adapter for another model.");
    }

    private static string Text(JsonNode? value) => value?.ToJsonString(TrainingJson.Readable.Options) ?? "absent";
}
