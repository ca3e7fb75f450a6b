#ifndef FANGPIN_SHEET_XML_H_
#define FANGPIN_SHEET_XML_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "expat.h"

namespace fangpin::sheet {

// What an XML element was given.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}

  // By name without prefix; null data() when absent.
  std::string_view Get(std::string_view name) const;

 private:
  const char** pairs_;  // name, value, …, null
};

// Receives the content of an XML document. Names come without their prefix: spreadsheets use one
// namespace for all that is read here, under varying prefixes. A status that is not OK stops the
// parsing.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual absl::Status Start(std::string_view name, const Attributes& attributes) = 0;
  virtual absl::Status End(std::string_view name) { return absl::OkStatus(); }
  // Part of the text of the current element.
  virtual absl::Status Text(std::string_view text) { return absl::OkStatus(); }
};

// Parses a document that comes piece by piece. Document types are refused, and with them entities
// that grow; so are elements nested beyond reason and tags of a megabyte.
class XmlParser {
 public:
  // `handler` must outlive this.
  explicit XmlParser(XmlHandler& handler);

  // DATA_LOSS without a reason: not well-formed. Else what the handler says.
  absl::Status Feed(std::string_view piece);
  absl::Status Finish();

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  absl::Status Parse(std::string_view piece, bool last);
  void Note(absl::Status status);
  static void OnStart(void* self, const char* name, const char** attributes);
  static void OnEnd(void* self, const char* name);
  static void OnText(void* self, const char* text, int size);
  static void OnDocumentType(void* self, const char*, const char*, const char*, int);

  XmlHandler& handler_;
  const std::unique_ptr<XML_ParserStruct, Free> parser_;
  absl::Status status_;  // the first that was not OK
  size_t fed_ = 0;
  int depth_ = 0;
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_XML_H_
