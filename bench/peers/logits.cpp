// What llama.cpp, as node-llama-cpp carries it, computes in 32-bit floats: logits after every token, or the embedding of the sequence.
//   logits FOLDER_OF_LIBRARIES FILE.gguf CONTEXT logits|pooled|tokens 1,2,3 > values.f32
// Declares by hand the few functions of its C interface that it calls; the layout of their parameter blocks is probed, not trusted.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <sstream>
#include <string>
#include <vector>

// A parameter block, passed by value: larger than any version's, read and written in words.
struct Parameters { uint32_t words[128]; };

struct Batch {
  int32_t count;
  int32_t* tokens;
  float* embeddings;
  int32_t* positions;
  int32_t* sequence_counts;
  int32_t** sequences;
  int8_t* wanted;
};

static void fail(const std::string& what) {
  fprintf(stderr, "%s\n", what.c_str());
  exit(1);
}

static void* library(const std::string& folder, const std::string& prefix) {
  DIR* listing = opendir(folder.c_str());
  if (!listing)
    fail("There is no folder " + folder);
  std::string found;
  while (dirent* entry = readdir(listing)) {
    std::string name = entry->d_name;
    if (name.rfind(prefix, 0) == 0)
      found = folder + "/" + name;
  }
  closedir(listing);
  void* handle = found.empty() ? nullptr : dlopen(found.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!handle)
    fail("Cannot open " + prefix + "* in " + folder + ": " + (found.empty() ? "absent" : dlerror()));
  return handle;
}

template <typename F> static F symbol(void* handle, const char* name) {
  void* found = dlsym(handle, name);
  if (!found)
    fail(std::string("The library has no ") + name);
  return reinterpret_cast<F>(found);
}

// The words at which an older or newer version would have something else: refuse it instead of setting what was not meant.
static void check(const Parameters& p) {
  for (int word : {10, 11, 12, 13})
    if (p.words[word] != UINT32_MAX)
      fail("The context parameters have another layout; look at them again.");
  if (p.words[0] != 512 || p.words[7] != p.words[8] || p.words[26] != 1 || p.words[27] != 1)
    fail("The context parameters have another layout; look at them again.");
}

int main(int count, char** arguments) {
  if (count != 6)
    fail("logits FOLDER FILE CONTEXT logits|pooled|tokens TOKENS");
  std::string folder = arguments[1], mode = arguments[4];
  void* ggml = library(folder, "libggml.");
  void* llama = library(folder, "libllama.");
  if (!getenv("KF_PEER_LOG"))
    symbol<void (*)(void (*)(int, const char*, void*), void*)>(llama, "llama_log_set")([](int level, const char* text, void*) { if (level >= 4) fputs(text, stderr); }, nullptr);
  symbol<void (*)(const char*)>(ggml, "ggml_backend_load_all_from_path")(folder.c_str());
  symbol<void (*)()>(llama, "llama_backend_init")();

  Parameters model_parameters = symbol<Parameters (*)()>(llama, "llama_model_default_params")();
  void* model = symbol<void* (*)(const char*, Parameters)>(llama, "llama_model_load_from_file")(arguments[2], model_parameters);
  if (!model)
    fail(std::string("llama.cpp refuses ") + arguments[2]);

  std::vector<int32_t> tokens;
  std::stringstream list(arguments[5]);
  for (std::string token; std::getline(list, token, ',');)
    tokens.push_back(atoi(token.c_str()));

  Parameters p = symbol<Parameters (*)()>(llama, "llama_context_default_params")();
  check(p);
  p.words[0] = atoi(arguments[3]);
  p.words[1] = p.words[2] = 4096;
  p.words[7] = p.words[8] = 1;
  p.words[11] = mode == "tokens" ? 0 : mode == "logits" ? p.words[11] : UINT32_MAX;
  p.words[13] = 0;                  // no flash attention: its sums are in halves
  p.words[26] = p.words[27] = 0;    // keys and values in F32
  reinterpret_cast<uint8_t*>(&p.words[32])[0] = mode != "logits";
  void* context = symbol<void* (*)(void*, Parameters)>(llama, "llama_init_from_model")(model, p);
  if (!context)
    fail("llama.cpp makes no context");

  std::vector<int32_t> positions, sequence_counts(tokens.size(), 1);
  std::vector<int8_t> wanted(tokens.size(), 1);
  int32_t zero = 0;
  std::vector<int32_t*> sequences(tokens.size(), &zero);
  for (size_t i = 0; i < tokens.size(); i++)
    positions.push_back((int32_t)i);
  Batch batch{(int32_t)tokens.size(), tokens.data(), nullptr, positions.data(), sequence_counts.data(), sequences.data(), wanted.data()};
  if (symbol<int32_t (*)(void*, Batch)>(llama, "llama_decode")(context, batch) != 0)
    fail("llama_decode failed");

  int width = symbol<int32_t (*)(void*)>(llama, "llama_model_n_embd")(model);
  if (mode == "logits")
    width = symbol<int32_t (*)(void*)>(llama, "llama_vocab_n_tokens")(symbol<void* (*)(void*)>(llama, "llama_model_get_vocab")(model));
  if (mode == "pooled") {
    float* row = symbol<float* (*)(void*, int32_t)>(llama, "llama_get_embeddings_seq")(context, 0);
    if (!row)
      fail("no embedding");
    fwrite(row, sizeof(float), width, stdout);
    return 0;
  }

  auto get = symbol<float* (*)(void*, int32_t)>(llama, mode == "logits" ? "llama_get_logits_ith" : "llama_get_embeddings_ith");
  for (size_t i = 0; i < tokens.size(); i++) {
    float* row = get(context, (int32_t)i);
    if (!row)
      fail("no values of token " + std::to_string(i));
    fwrite(row, sizeof(float), width, stdout);
  }

  return 0;
}
