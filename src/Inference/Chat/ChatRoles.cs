namespace KernelFoundry.Inference.Chat;

/// <summary>The roles that chat templates know.</summary>
public static class ChatRoles
{
    /// <summary>Tells the model how to behave.</summary>
    public const string System = "system";

    /// <summary>The human.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";

    /// <summary>The result of a tool.</summary>
    public const string Tool = "tool";
}
