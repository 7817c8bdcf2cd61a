#include "launcher/handoff/elf_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow::handoff {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLibrary[] = PYSLOW_SAMPLES "/libneeds.so";
constexpr char kProgram[] = PYSLOW_SAMPLES "/bin/linked";

class ElfFileTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& content) const {
    std::string file = directory_ + "/file";
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    return file;
  }
  // Calls every function; the results do not matter.
  static void CallEverything(const std::string& file) {
    const auto elf = ElfFile::Open(file);
    if (!elf.ok()) return;
    elf->Exports("elf_sample_function");
    elf->InitialValue("elf_sample_value");
    elf->Undefined();
    elf->Needed();
  }

  const TemporaryDirectory temporary_;
  const std::string directory_ = temporary_.path();
};

std::string ContentOf(const char* file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

TEST_F(ElfFileTest, ExportsDefinedSymbolsOnly) {
  const auto elf = ElfFile::Open(kLibrary);
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_TRUE(elf->Exports("elf_sample_function"));
  EXPECT_FALSE(elf->Exports("elf_sample_functio"));
  EXPECT_FALSE(elf->Exports("PySample_Needed"));
  EXPECT_FALSE(elf->Exports(""));
}

TEST_F(ElfFileTest, ReadsTheInitialValueOfAnObjectOfEightBytes) {
  const auto elf = ElfFile::Open(kLibrary);
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_EQ(elf->InitialValue("elf_sample_value"), 0x0123456789ABCDEF);
  EXPECT_EQ(elf->InitialValue("elf_sample_short"), std::nullopt);
  EXPECT_EQ(elf->InitialValue("elf_sample_none"), std::nullopt);
}

TEST_F(ElfFileTest, ListsUndefinedSymbols) {
  const auto elf = ElfFile::Open(kLibrary);
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_THAT(elf->Undefined(), Contains("PySample_Needed"));
  EXPECT_THAT(elf->Undefined(), Contains("OtherSample_Needed"));
  EXPECT_THAT(elf->Undefined(), Not(Contains("elf_sample_function")));
}

TEST_F(ElfFileTest, ReadsTheLoaderAndTheNeededLibraries) {
  const auto program = ElfFile::Open(kProgram);
  const auto library = ElfFile::Open(kLibrary);
  ASSERT_TRUE(program.ok()) << program.status();
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_THAT(std::string(program->loader()), HasSubstr("ld-"));
  EXPECT_THAT(program->Needed(), Contains("libpython_sample.so"));
  EXPECT_EQ(library->loader(), "");
  EXPECT_EQ(program->machine(), library->machine());
}

TEST_F(ElfFileTest, RejectsOtherFilesAndNamesThem) {
  for (const std::string& file :
       {Write("#!/bin/sh\nexec python3 \"$@\"\n"), Write(""), directory_, directory_ + "/none"}) {
    const auto elf = ElfFile::Open(file);
    ASSERT_FALSE(elf.ok()) << file;
    EXPECT_THAT(std::string(elf.status().message()), HasSubstr(file + ": "));
  }
}

TEST_F(ElfFileTest, RejectsAFileWithoutTheEndOfItsLastSegment) {
  const std::string content = ContentOf(kLibrary);
  ElfW(Ehdr) header;
  std::memcpy(&header, content.data(), sizeof(header));
  uint64_t end = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    std::memcpy(&segment, &content[header.e_phoff + i * sizeof(segment)], sizeof(segment));
    if (segment.p_type == PT_LOAD) end = std::max(end, segment.p_offset + segment.p_filesz);
  }
  EXPECT_TRUE(ElfFile::Open(Write(content.substr(0, end))).ok());
  const auto elf = ElfFile::Open(Write(content.substr(0, end - 1)));
  EXPECT_THAT(std::string(elf.status().message()), HasSubstr("/file: it is truncated"));
}

TEST_F(ElfFileTest, ReadsNothingBeyondTheEndOfTruncatedFiles) {
  const std::string content = ContentOf(kLibrary);
  for (size_t size = 0; size < content.size(); size += size < 4096 ? 8 : 509) {
    CallEverything(Write(content.substr(0, size)));
  }
}

TEST_F(ElfFileTest, AcceptsDamagedFiles) {
  const std::string content = ContentOf(kLibrary);
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::string damaged = content;
    for (int i = 0; i < 30; ++i) {
      // The first pages contain all tables that are read.
      damaged[random() % std::min<size_t>(content.size(), 4096)] = static_cast<char>(random());
    }
    damaged.replace(0, 6, content, 0, 6);  // the magic number, without which nothing else is read
    CallEverything(Write(damaged));
  }
}

}  // namespace
}  // namespace pyslow::handoff
