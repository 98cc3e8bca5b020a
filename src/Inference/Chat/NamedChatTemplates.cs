namespace KernelFoundry.Inference.Chat;

/// <summary>
/// Templates for models whose file has none, for whoever knows which one the model was trained with. They are never chosen by themselves.
/// </summary>
public static class NamedChatTemplates
{
    private static readonly SortedDictionary<string, string> s_sources = new(StringComparer.Ordinal)
    {
        ["chatml"] = """
            {%- for message in messages %}
            {{- '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """,
        ["gemma"] = """
            {{- bos_token }}
            {%- for message in messages %}
            {%- if message.role == 'system' %}{{ raise_exception('This model has no system role.') }}{% endif %}
            {{- '<start_of_turn>' ~ ('model' if message.role == 'assistant' else message.role) ~ '\n' ~ message.content|trim ~ '<end_of_turn>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}
            """,
        ["llama2"] = """
            {%- set ns = namespace(system='') %}
            {%- for message in messages %}
            {%- if message.role == 'system' %}{% set ns.system = '<<SYS>>\n' ~ message.content ~ '\n<</SYS>>\n\n' %}
            {%- elif message.role == 'user' %}{{ bos_token ~ '[INST] ' ~ ns.system ~ message.content|trim ~ ' [/INST]' }}{% set ns.system = '' %}
            {%- elif message.role == 'assistant' %}{{ ' ' ~ message.content|trim ~ ' ' ~ eos_token }}
            {%- else %}{{ raise_exception('This model knows the roles system, user and assistant.') }}{% endif %}
            {%- endfor %}
            """,
        ["llama3"] = """
            {{- bos_token }}
            {%- for message in messages %}
            {{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\n\n' ~ message.content|trim ~ '<|eot_id|>' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}
            """,
        ["mistral"] = """
            {{- bos_token }}
            {%- set ns = namespace(system='') %}
            {%- for message in messages %}
            {%- if message.role == 'system' %}{% set ns.system = message.content ~ '\n\n' %}
            {%- elif message.role == 'user' %}{{ '[INST] ' ~ ns.system ~ message.content ~ ' [/INST]' }}{% set ns.system = '' %}
            {%- elif message.role == 'assistant' %}{{ ' ' ~ message.content|trim ~ eos_token }}
            {%- else %}{{ raise_exception('This template knows the roles system, user and assistant.') }}{% endif %}
            {%- endfor %}
            """,
        ["phi3"] = """
            {%- for message in messages %}
            {{- '<|' ~ message.role ~ '|>\n' ~ message.content ~ '<|end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}
            """,
        ["plain"] = """
            {%- for message in messages %}
            {{- message.content }}
            {%- endfor %}
            """,
        ["zephyr"] = """
            {%- for message in messages %}
            {{- '<|' ~ message.role ~ '|>\n' ~ message.content ~ eos_token ~ '\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}
            """,
    };

    /// <summary>The names there are. "plain" writes the contents one after the other and nothing else.</summary>
    public static IReadOnlyCollection<string> Names => s_sources.Keys;

    /// <summary>A template by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="tokens">Texts of the model's special tokens.</param>
    /// <exception cref="ArgumentException">There is none of the name.</exception>
    public static ChatTemplate Get(string name, ChatTokens? tokens = null) => s_sources.TryGetValue(name, out string? source)
        ? ChatTemplate.Parse(source, name, tokens)
        : throw new ArgumentException($"There is no chat template '{name}'. There are {string.Join(", ", Names)}.", nameof(name));
}
