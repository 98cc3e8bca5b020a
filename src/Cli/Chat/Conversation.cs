using System.Text.Json;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Chat;

namespace KernelFoundry.Cli.Chat;

/// <summary>The messages so far. It can be saved as JSON, in the form that the web's chat interfaces use, and loaded again.</summary>
internal sealed class Conversation
{
    private readonly List<ChatMessage> _messages = [];

    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>What the model is told before the conversation; null for nothing.</summary>
    public string? System => _messages is [{ Role: ChatRoles.System } first, ..] ? first.Content : null;

    public void Add(ChatMessage message) => _messages.Add(message);

    public void RemoveLast() => _messages.RemoveAt(_messages.Count - 1);

    /// <summary>Forgets all but what the model is told before.</summary>
    public void Reset()
    {
        string? system = System;
        _messages.Clear();
        SetSystem(system);
    }

    /// <summary>Sets what the model is told before; empty or null for nothing.</summary>
    public void SetSystem(string? text)
    {
        if (System is not null)
            _messages.RemoveAt(0);
        if (!string.IsNullOrEmpty(text))
            _messages.Insert(0, new ChatMessage(ChatRoles.System, text));
    }

    /// <exception cref="UsageException">The file cannot be written.</exception>
    public void Save(string path)
    {
        SavedMessage[] saved = [.. _messages.Select(m => new SavedMessage(m.Role, m.Content, m.Reasoning))];
        try
        {
            File.WriteAllText(path, KfJson.Text(saved, json => json.SavedMessageArray) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The file '{path}' cannot be written: {error.Message}", error);
        }
    }

    /// <exception cref="UsageException">The file cannot be read, or is no conversation.</exception>
    public static Conversation Load(string path)
    {
        var conversation = new Conversation();
        try
        {
            SavedMessage[] saved = JsonSerializer.Deserialize(TextFile.Read(path), KfJson.Default.SavedMessageArray) ?? [];
            foreach (SavedMessage message in saved)
            {
                if (message?.Role is null || message.Content is null)
                    throw new UsageException($"The file '{path}' is no conversation: a message has no role or no content.");
                conversation.Add(new ChatMessage(message.Role, message.Content) { Reasoning = message.ReasoningContent });
            }
        }
        catch (JsonException error)
        {
            throw new UsageException($"The file '{path}' is no conversation: {error.Message}", error);
        }

        return conversation;
    }
}
